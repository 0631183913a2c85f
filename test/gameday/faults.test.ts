import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capacityShort, lagMetricStopped } from '../../lab/gameday/faults/cloud.ts';
import type { Fault } from '../../lab/gameday/faults/fault.ts';
import { cutOff, cutOneWay, observerSick, replicationStalled } from '../../lab/gameday/faults/network.ts';
import { badDeploy, grayErrors } from '../../lab/gameday/faults/services.ts';
import { type Lab, openLab } from '../../lab/gameday/lab.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';
import { coordinationTable, labOutside } from '../../lab/runtime.ts';
import type { Place } from '../../shared/domain/run.ts';

/** One lab, in which every fault strikes and is healed: each is looked at from outside, in both states. */
let workplace: Workplace;
let lab: Lab;

beforeAll(async () => {
  workplace = await openWorkplace();
  const settings = { ordersPerSecond: 20, ttlSeconds: 1, synchronous: false };
  // A run would change what the faults are to change.
  const change: Parameters<typeof openLab>[0]['change'] = (plan) => ({
    ...plan,
    detection: { ...plan.detection, agreeWithinSeconds: 0.001 },
  });
  lab = await openLab({ ...settings, workplace, change, log: () => undefined, onProgress: () => undefined });
}, 60_000);
afterAll(async () => {
  await lab?.close();
  await workplace?.close();
});

async function during<T>(fault: Fault, look: () => Promise<T>): Promise<T> {
  await fault.strike(lab);
  try {
    return await look();
  } finally {
    await fault.heal?.(lab);
  }
}

const from = (region: string, to: Place, path = '/health', method: 'GET' | 'POST' | 'PUT' = 'GET', body = '{}') => {
  const url = `http://${lab.regions[to].address}:${lab.site.port}${path}`;
  return lab.roads.from(region).http({ method, url, timeoutMs: 200, ...(method === 'GET' ? {} : { body }) });
};
const statusOf = async (...request: Parameters<typeof from>): Promise<number | 'silence'> => {
  const answer = await from(...request);
  return answer.answered ? answer.status : 'silence';
};
const { primary, recovery, witness } = { primary: 'eu-west-1', recovery: 'eu-central-1', witness: 'eu-west-3' };

describe('what is wrong with the services', () => {
  test('gray: about four of ten requests fail, whoever asks, and none afterwards', async () => {
    const failedOf = async (requests: number, atOnce: number): Promise<number> => {
      const statuses = await pLimit(atOnce).map(Array.from({ length: requests }), () => statusOf(witness, 'primary'));
      return statuses.filter((status) => status !== 200).length;
    };
    // All at once: were it to last, the standby would take over.
    const failed = await during(grayErrors('primary'), () => failedOf(100, 100));
    // Six standard deviations of 100 coins of 0.4.
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(70);
    // A few at a time, for a busy machine answers a hundred late.
    expect(await failedOf(100, 5)).toBe(0);
  });

  test('a bad deploy breaks orders and health checks of one Region, and nothing else', async () => {
    const look = async () => ({
      health: await statusOf(witness, 'primary'),
      order: await statusOf(witness, 'primary', '/orders', 'POST'),
      gate: await statusOf(witness, 'primary', '/lease', 'PUT'),
      other: await statusOf(witness, 'recovery'),
    });
    expect(await during(badDeploy('primary'), look)).toEqual({ health: 500, order: 500, gate: 400, other: 200 });
    expect(await look()).toEqual({ health: 200, order: 400, gate: 400, other: 200 });
  });

  test('a service that starts while it lasts misbehaves as well', async () => {
    const status = await during(badDeploy('recovery'), async () => {
      const { pool } = lab.regions.recovery;
      await pool.setDesired(0);
      await pool.setDesired(1);
      return statusOf(witness, 'recovery');
    });
    expect(status).toBe(500);
  });
});

describe('what is wrong with the network', () => {
  test('a cut in one direction silences that direction only, for probes', async () => {
    const look = async () => [
      await statusOf(recovery, 'primary'),
      await statusOf(primary, 'recovery'),
      await statusOf(witness, 'primary'),
    ];
    expect(await during(cutOneWay('recovery', 'primary'), look)).toEqual(['silence', 200, 200]);
    expect(await look()).toEqual([200, 200, 200]);
  });

  test('a sick observer reaches nobody, and everybody else does', async () => {
    const look = async () => [await statusOf(witness, 'primary'), await statusOf(witness, 'recovery')];
    const other = () => statusOf(recovery, 'primary');
    expect(await during(observerSick('witness'), async () => [...(await look()), await other()])).toEqual([
      'silence',
      'silence',
      200,
    ]);
    expect(await look()).toEqual([200, 200]);
  });

  test('a Region that is cut off has no coordination table, the others have, and users reach it', async () => {
    const read = async (region: string): Promise<string> => {
      const outside = labOutside({ world: lab.world, plan: lab.plan, region, net: lab.roads.from(region) });
      const Key = { pk: { S: 'application#shop' }, sk: { S: 'lease' } };
      const command = new GetItemCommand({ TableName: coordinationTable, Key, ConsistentRead: true });
      return outside
        .client(DynamoDBClient, region)
        .send(command)
        .then(
          () => 'answered',
          (error: Error) => error.name,
        );
    };
    const look = async () => [await read(primary), await read(recovery), await statusOf(primary, 'primary')];
    expect(await during(cutOff('primary'), look)).toEqual(['InternalServerError', 'answered', 200]);
    expect(await look()).toEqual(['answered', 'answered', 200]);
  });

  test('while replication stands still the standby learns nothing, and everything afterwards', async () => {
    const { database } = lab.regions.primary;
    const onStandby = async (): Promise<number> => {
      const rows = await lab.regions.recovery.database.query(`SELECT FROM pg_class WHERE relname = 'stalled'`);
      return rows.length;
    };
    const arrived = async (withinMs: number): Promise<number> => {
      for (const giveUpAt = Date.now() + withinMs; Date.now() < giveUpAt; await sleep(20)) {
        if ((await onStandby()) > 0) return 1;
      }
      return 0;
    };
    const meanwhile = await during(replicationStalled, async () => {
      await database.query('CREATE TABLE stalled ()');
      return arrived(500);
    });
    expect(meanwhile).toBe(0);
    expect(await arrived(10_000)).toBe(1);
  });
});

describe('what is wrong with AWS', () => {
  test('the metric of the lag stops, and goes on', async () => {
    const published = () =>
      lab.world.history.filter(({ command, input }) => {
        return command === 'PutMetricData' && (input as { Namespace: string }).Namespace === 'AWS/RDS';
      }).length;
    const grown = async (): Promise<number> => {
      await sleep(300);
      const before = published();
      await sleep(700);
      return published() - before;
    };
    expect(await during(lagMetricStopped, grown)).toBe(0);
    expect(await grown()).toBeGreaterThan(0);
  });

  test('tasks that find no place wait for one', async () => {
    const ecs = lab.world.ecs(recovery);
    const counts = () => {
      const { desiredCount, runningCount } = ecs.service('shop', 'orders');
      return [desiredCount, runningCount];
    };
    const short = await during(capacityShort('recovery', 1), async () => {
      ecs.operations.UpdateService({ cluster: 'shop', service: 'orders', desiredCount: 2 });
      await sleep(1000);
      return counts();
    });
    expect(short).toEqual([2, 1]);
    await lab.site.untilRunning({ primary: 2, recovery: 2 });
    expect(counts()).toEqual([2, 2]);
  });
});
