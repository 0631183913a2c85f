import { PromoteReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Intent, JournalEntry } from '../../../shared/domain/journal.ts';
import type { OpenRun } from '../../../shared/domain/ports.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { standingEffects } from '../../../shared/domain/undo.ts';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { rdsReadReplica } from '../../../shared/kinds/rds-read-replica/index.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { type SettleDeps, settle } from '../../../shared/kinds/settle.ts';
import { undoEffect } from '../../../shared/kinds/undo-effect.ts';
import { primary, recovery, wantsToOpen } from '../../support/sample-run.ts';
import { pace } from '../../support/settling.ts';
import { type SmallWorld, smallWorld } from '../../support/small-world.ts';

const spec = Spec.parse({ primary: { instance: 'orders-db' }, recovery: { instance: 'orders-db-2' } });
const resource = { id: 'orders', kind: 'rds-read-replica', dependsOn: [], spec };
const kept = 'orders-db-understudy-e1';
const at = (instance: string) => ({ region: primary.region, instance });
const writerArn = 'arn:aws:rds:eu-central-1:123456789012:db:orders-db-2';

let small: SmallWorld;
let run: Run;
/** The old primary stands alone, and the recovery Region writes: the day after a failover. */
beforeEach(async () => {
  small = smallWorld();
  const rds = small.world.rds(primary.region);
  rds.seedInstance({
    DBInstanceIdentifier: 'orders-db',
    DBInstanceClass: 'db.r8g.large',
    DeletionProtection: true,
    TagList: [{ Key: 'owner', Value: 'shop' }],
  });
  small.world.rds(recovery.region).seedInstance({ DBInstanceIdentifier: 'orders-db-2' });
  small.substrate.seedDatabase(at('orders-db'), 'writer');
  small.substrate.seedDatabase({ region: recovery.region, instance: 'orders-db-2' }, 'writer');
  run = await open('run-1');
});

async function open(runId: string, more: Partial<OpenRun> = {}): Promise<Run> {
  const wanted = wantsToOpen(runId, { purpose: 'reprotect', from: recovery, to: primary, ...more });
  const { lock } = small.coordinationIn(primary.region);
  const opening = await lock.open({ ...wanted, inChargeAtFirst: recovery.region });
  return opening.status === 'opened' ? opening.run : Promise.reject(new Error(opening.status));
}

const quick = { ...pace, visibilitySeconds: 2 };
function deps(): SettleDeps {
  const { journal, lock } = small.coordinationIn(primary.region);
  return { clock: small.clock, outside: small.outsideIn(primary.region), journal, lock, pace: quick };
}

const entries = (): Promise<readonly JournalEntry[]> => small.coordinationIn(primary.region).journal.read('run-1');
const goal = (more: Partial<Goal> = {}): Omit<Goal, 'now'> => ({
  phase: 'reverse',
  run,
  objectives: { rtoSeconds: 60, rpoSeconds: 1 },
  recorded: {},
  surveyed: { reverse: { at: 0, facts: seenBefore } },
  ...more,
});
let seenBefore: unknown;

async function invoke(seconds = 60) {
  seenBefore ??= await rdsReadReplica.observe(spec, { phase: 'reverse', run }, small.outsideIn(primary.region));
  const giveUpAt = small.clock.now() + seconds * 1000;
  const history = (await entries()).filter(({ step }) => step === 'reverse');
  return settle({ resource, kind: rdsReadReplica, step: 'reverse', goal: goal(), history, giveUpAt }, deps());
}

beforeEach(() => {
  seenBefore = undefined;
});

const calls = () => small.world.history.filter(({ mutating, service }) => mutating && service === 'RDS');

/** Undoes what stands, newest first, as Restore does. */
async function restore(by: Run = run): Promise<readonly (string | undefined)[]> {
  const left: (string | undefined)[] = [];
  for (const effect of standingEffects(await entries())) {
    const giveUpAt = small.clock.now() + 20_000;
    left.push(await undoEffect({ effect, resource, kind: rdsReadReplica, goal: goal({ run: by }), giveUpAt }, deps()));
  }
  return left;
}

describe('the day after a failover', () => {
  it('the old primary is kept twice, and a protected replica like it takes its place, by one call each', async () => {
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(calls().map(({ command }) => command)).toEqual([
      'CreateDBSnapshot',
      'ModifyDBInstance',
      'CreateDBInstanceReadReplica',
      'ModifyDBInstance',
    ]);
    const rds = small.world.rds(primary.region);
    expect(rds.identifiers()).toEqual(['orders-db', kept]);
    expect(rds.snapshots()).toMatchObject([{ DBSnapshotIdentifier: kept, Status: 'available' }]);
    expect(rds.instance('orders-db')).toMatchObject({
      ReadReplicaSourceDBInstanceIdentifier: writerArn,
      DBInstanceClass: 'db.r8g.large',
      DeletionProtection: true,
      TagList: [
        { Key: 'owner', Value: 'shop' },
        { Key: 'understudy', Value: 'replica' },
      ],
    });
    expect(small.substrate.databaseRole(at(kept))).toBe('writer');
    expect(small.substrate.databaseRole(at('orders-db'))).toBe('standby');
  });

  it('asked again it changes nothing', async () => {
    await invoke();
    const before = calls().length;
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(calls()).toHaveLength(before);
  });

  it('one that died after each of its calls ends the same, without a call too many', async () => {
    for (let nth = 1; nth <= 4; nth += 1) {
      small.world.intercept = (call) => (call.mutating && call.service === 'RDS' ? 'lost-answer' : undefined);
      await invoke(1);
    }
    small.world.intercept = undefined;
    await invoke();
    expect(small.world.rds(primary.region).identifiers()).toEqual(['orders-db', kept]);
    expect(small.world.rds(primary.region).snapshots()).toHaveLength(1);
    expect(calls().filter(({ applied }) => applied)).toHaveLength(4);
  });
});

describe('what was begun is taken back', () => {
  it('before the replica: the old primary has its name again, and only the snapshot stays', async () => {
    small.world.intercept = ({ command }) =>
      command === 'CreateDBInstanceReadReplica'
        ? Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client', $metadata: { httpStatusCode: 403 } })
        : undefined;
    await expect(invoke()).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await restore()).toEqual([undefined, expect.stringContaining('stays')]);
    expect(small.world.rds(primary.region).identifiers()).toEqual(['orders-db']);
    expect(small.substrate.databaseRole(at('orders-db'))).toBe('writer');
  });

  it('with the replica, whole or half: it is deleted, then the old primary comes back', async () => {
    await invoke();
    expect(await restore()).toEqual([undefined, undefined, undefined, expect.stringContaining('stays')]);
    expect(small.world.rds(primary.region).identifiers()).toEqual(['orders-db']);
    expect(small.world.rds(primary.region).instance('orders-db')).not.toHaveProperty(
      'ReadReplicaSourceDBInstanceIdentifier',
    );
    expect(small.substrate.databaseRole(at('orders-db'))).toBe('writer');
  });

  it('also by a run that has taken over, under another epoch', async () => {
    await invoke();
    small.clock.advance(wantsToOpen('').staleAfterMs + 1);
    const request = { ...wantsToOpen('run-2').request, trigger: 'takeover', takesOver: 'run-1' } as const;
    const other = await open('run-2', { request });
    expect(other.epoch).toBe(2);
    expect(await restore(other)).toEqual([undefined, undefined, undefined, expect.stringContaining('stays')]);
    expect(small.world.rds(primary.region).identifiers()).toEqual(['orders-db']);
  });

  it('I14: what stands alone by now is not deleted: it may hold the only copy of something', async () => {
    await invoke();
    const client = small.outsideIn(primary.region).client(RDSClient, primary.region);
    await client.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-db' }));
    await small.clock.sleep(1000);
    const left = await restore();
    expect(left.slice(0, 2)).toEqual([
      expect.stringContaining('no replica of'),
      expect.stringContaining('no replica of'),
    ]);
    expect(small.world.rds(primary.region).identifiers()).toEqual(['orders-db', kept]);
    expect(calls().map(({ command }) => command)).not.toContain('DeleteDBInstance');
  });
});

it('the journal names each undo before its act', async () => {
  await invoke();
  const intents = (await entries()).filter(({ event }) => event === 'intended').map(({ data }) => data as Intent);
  expect(intents.map(({ undo }) => ('type' in undo ? undo.type : 'stays'))).toEqual([
    'stays',
    'bring-back',
    'delete-replica',
    'unprotect',
  ]);
});
