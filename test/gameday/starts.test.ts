import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../lab/cloud/system-clock.ts';
import { type Lab, openLab } from '../../lab/gameday/lab.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';
import { coordinationTable, failoverMachine } from '../../lab/runtime.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import { primary, recovery, wantsToOpen } from '../support/sample-run.ts';
import { withoutAlarms } from '../support/without-alarms.ts';

interface Labs {
  readonly workplace: Workplace;
  readonly lab: Lab;
}

const told: string[] = [];
let one: Labs;
let other: Labs;

async function open(): Promise<Labs> {
  const workplace = await openWorkplace();
  const settings = { ordersPerSecond: 10, ttlSeconds: 1, synchronous: false, onProgress: () => undefined };
  const log = (_level: string, why: string) => void told.push(why);
  return { workplace, lab: await openLab({ ...settings, workplace, log }) };
}

async function close({ lab, workplace }: Labs): Promise<void> {
  await lab.close();
  await workplace.close();
}

beforeAll(async () => {
  [one, other] = await Promise.all([open(), open()]);
  // Here the alarms are those of the tests: a slow moment of the machine must not become an incident of its own.
  withoutAlarms(one.lab);
}, 90_000);
beforeEach(() => void told.splice(0));
afterAll(() => close(one));

test('two labs at the same time choose different ports, and one ends without the other noticing', async () => {
  // The addresses of the order services carry the one port, the DNS server has the other.
  expect(other.lab.plan.detection.probes).not.toEqual(one.lab.plan.detection.probes);
  expect(other.lab.answers.server.port).not.toBe(one.lab.answers.server.port);
  await Promise.all([clientIsServed(one.lab), clientIsServed(other.lab)]);
  await close(other);
  expect(other.workplace.processes()).toEqual([]);
  expect(one.workplace.processes().length).toBeGreaterThan(4);
  await clientIsServed(one.lab);
});

describe('an alarm', () => {
  const wentOffAt = '2026-01-01T12:00:00.985+0000';

  test('that is delivered twice, and once more after the end, starts one execution', async () => {
    deliver('shop-primary-fails');
    deliver('shop-primary-fails');
    const heard = () => told.filter((why) => why.includes('went off at 2026-01-01T12:00:00.985Z'));
    await expect.poll(heard, { timeout: 10_000 }).toHaveLength(2);
    const [execution, ...more] = await executions();
    expect(execution?.name).toMatch(/^shop-alarm-1767268800985-/);
    expect(more).toEqual([]);
    await sfn().send(new StopExecutionCommand({ executionArn: execution?.executionArn }));
    deliver('shop-primary-fails');
    await expect.poll(() => told, { timeout: 10_000 }).toContainEqual(expect.stringContaining('was started before'));
    expect(await executions()).toHaveLength(1);
  });

  test('that no plan knows starts nothing, and the log says why', async () => {
    const before = await executions();
    deliver('somebody-elses');
    await expect
      .poll(() => told, { timeout: 10_000 })
      .toContain('no run: alarm somebody-elses in eu-central-1 is a signal of no plan');
    expect(await executions()).toEqual(before);
  });

  test.each([
    ['without detail', {}],
    ['that is nothing', null],
    ['without its fields', { source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', detail: {} }],
  ])('event %s starts nothing, and is an error of its own', async (_title, payload) => {
    const before = await executions();
    const trigger = { region: recovery.region, functionName: 'trigger', payload };
    await expect(one.lab.world.lambda.invoke(trigger)).rejects.toMatchObject({ name: 'TerminalError' });
    expect(await executions()).toEqual(before);
  });

  /** As CloudWatch puts it on the bus; each delivery has an id of its own. */
  function deliver(alarmName: string): void {
    one.lab.world.eventBridge(recovery.region).put({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [`arn:aws:cloudwatch:${recovery.region}:123456789012:alarm:${alarmName}`],
      detail: { alarmName, state: { value: 'ALARM', timestamp: wentOffAt } },
    });
  }
});

test('a start by hand while a run is active ends in a clear "already running" and changes nothing', async () => {
  const clock = { now: () => systemClock.nowMs(), sleep: (ms: number) => systemClock.sleep(ms) };
  const at = { region: recovery.region, tableName: coordinationTable };
  const { lock } = openCoordination(one.lab.outside, clock, at);
  const opening = await lock.open(wantsToOpen('the-first'));
  expect(opening.status).toBe('opened');
  const input = JSON.stringify({ application: 'shop', reason: 'by hand' });
  const started = await sfn().send(
    new StartExecutionCommand({ stateMachineArn: machineArn(), name: 'by-hand', input }),
  );
  const ended = () => sfn().send(new DescribeExecutionCommand({ executionArn: started.executionArn }));
  await expect.poll(async () => (await ended()).status, { timeout: 10_000 }).not.toBe('RUNNING');
  const { cause, error, status } = await ended();
  expect({ cause, error, status }).toMatchObject({
    status: 'FAILED',
    error: 'Refused',
    cause: expect.stringMatching(/the-first.*already running/),
  });
  expect(await lock.run('by-hand')).toBeUndefined();
  expect(await lock.charge('shop')).toMatchObject({ runId: 'the-first', activeRegion: primary.region });
  const effects = ['PromoteReadReplica', 'UpdateService', 'ChangeResourceRecordSets'];
  expect(one.lab.world.history.filter(({ command }) => effects.includes(command))).toEqual([]);
});

const sfn = () => one.lab.outside.client(SFNClient, recovery.region);
const machineArn = () => one.lab.world.stateMachineArn(recovery.region, failoverMachine);

async function executions() {
  const found = await sfn().send(new ListExecutionsCommand({ stateMachineArn: machineArn() }));
  return (found.executions ?? []).map(({ executionArn, name }) => ({ executionArn, name }));
}

/** Rows are counted in the database: what the client is told is the subject of other tests. */
async function clientIsServed({ regions }: Lab): Promise<void> {
  const count = async () => (await regions.primary.database.query('SELECT 1 FROM orders')).length;
  const before = await count();
  await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(before + 3);
}
