import { ConditionalCheckFailedException, ReplicatedWriteConflictException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../../lab/cloud/history.ts';
import type { Coordination } from '../../../shared/domain/ports.ts';
import { application, primary, recovery, wantsToOpen, witnessRegion } from '../../support/sample-run.ts';
import { smallWorld } from '../../support/small-world.ts';
import { noon } from '../../support/virtual-clock.ts';

const stale = 120_000;
async function opened({ lock }: Coordination, runId: string) {
  const opening = await lock.open(wantsToOpen(runId));
  return opening.status === 'opened' ? opening.run : Promise.reject(new Error(opening.status));
}
const isWriteOf = (call: ApiCall, sortKey: string): boolean =>
  call.mutating && JSON.stringify(call.input).includes(`"sk":{"S":"${sortKey}"}`);

describe('the run lock', () => {
  it('knows nobody in charge before the first run', async () => {
    const { lock } = smallWorld().coordinationIn(recovery.region);
    expect(await lock.charge(application)).toBeUndefined();
    expect(await lock.run('run-1')).toBeUndefined();
  });

  it('can be read, once opened, from the other Region', async () => {
    const { coordinationIn } = smallWorld();
    const run = await opened(coordinationIn(recovery.region), 'run-1');
    const { lock } = coordinationIn(primary.region);
    expect(await lock.run('run-1')).toEqual(run);
    expect(await lock.charge(application)).toEqual({ activeRegion: primary.region, epoch: 1, runId: 'run-1' });
  });

  it('gives the same epoch to the same run again', async () => {
    const { clock, coordinationIn } = smallWorld();
    const first = await opened(coordinationIn(recovery.region), 'run-1');
    clock.advance(1000);
    expect(await opened(coordinationIn(recovery.region), 'run-1')).toEqual(first);
  });

  it('tells since when the Region to leave has been in charge, whatever else ran since', async () => {
    const { clock, coordinationIn } = smallWorld();
    const coordination = coordinationIn(recovery.region);
    const away = await opened(coordination, 'away');
    expect(away.inChargeSince).toBeUndefined();
    clock.advance(1000);
    await coordination.lock.close(away, 'recovered');
    const since = clock.now();
    for (const [runId, end] of [
      ['protect', 'protected'],
      ['stop', 'stopped'],
      ['home', 'recovered'],
    ] as const) {
      clock.advance(1000);
      const opening = await coordination.lock.open(wantsToOpen(runId, { from: recovery, to: primary }));
      const run = opening.status === 'opened' ? opening.run : undefined;
      expect(run).toMatchObject({ id: runId, inChargeSince: since });
      expect(await coordination.lock.run(runId)).toMatchObject({ inChargeSince: since });
      if (run !== undefined) await coordination.lock.close(run, end);
    }
    expect((await opened(coordination, 'away-again')).inChargeSince).toBe(clock.now());
  });

  it('passes on to a takeover since when', async () => {
    const { clock, coordinationIn } = smallWorld();
    const coordination = coordinationIn(recovery.region);
    await coordination.lock.close(await opened(coordination, 'away'), 'recovered');
    const since = clock.now();
    const home = wantsToOpen('home', { from: recovery, to: primary });
    await coordination.lock.open(home);
    clock.advance(stale + 1);
    const opening = await coordination.lock.open({ ...home, runId: 'home-again' });
    expect(opening).toMatchObject({ status: 'opened', run: { takesOver: 'home', inChargeSince: since } });
  });

  it('keeps another run out as long as it is held', async () => {
    const { clock, coordinationIn } = smallWorld();
    const { lock } = coordinationIn(recovery.region);
    const run = await opened(coordinationIn(recovery.region), 'run-1');
    clock.advance(stale);
    expect(await lock.hold(run)).toBe(true);
    clock.advance(stale);
    const refused = { status: 'run-active', runId: 'run-1', heartbeatAt: noon + stale };
    expect(await lock.open(wantsToOpen('run-2'))).toEqual(refused);
  });

  it('is taken over under a higher epoch once its heartbeat is stale, and the old run never holds it again', async () => {
    const { clock, coordinationIn } = smallWorld();
    const { lock } = coordinationIn(recovery.region);
    const old = await opened(coordinationIn(recovery.region), 'run-1');
    clock.advance(stale + 1);
    const young = await opened(coordinationIn(primary.region), 'run-2');
    expect(young.epoch).toBe(old.epoch + 1);
    expect(await lock.hold(old)).toBe(false);
    expect(await lock.close(old, 'recovered')).toBe(false);
    expect(await lock.hold(young)).toBe(true);
    expect(await lock.close(young, 'stopped')).toBe(true);
    expect(await lock.hold(old)).toBe(false);
  });

  it.each([
    ['hands the charge over after a recovery', 'recovered', recovery.region],
    ['leaves the charge where it was after a stop', 'stopped', primary.region],
  ] as const)('%s, keeps the epoch, and may be closed again', async (_title, end, activeRegion) => {
    const { lock } = smallWorld().coordinationIn(recovery.region);
    const opening = await lock.open(wantsToOpen('run-1'));
    const run = opening.status === 'opened' ? opening.run : await Promise.reject(opening);
    expect(await lock.close(run, end)).toBe(true);
    expect(await lock.charge(application)).toEqual({ activeRegion, epoch: 1 });
    expect(await lock.close(run, end)).toBe(true);
    expect(await lock.hold(run)).toBe(false);
  });

  it('lets the run back begin where the last one ended, under the next epoch', async () => {
    const { coordinationIn } = smallWorld();
    const { lock } = coordinationIn(recovery.region);
    await lock.close(await opened(coordinationIn(recovery.region), 'run-1'), 'recovered');
    expect(await lock.open(wantsToOpen('run-2'))).toEqual({
      status: 'region-not-in-charge',
      activeRegion: recovery.region,
    });
    const back = await lock.open(wantsToOpen('run-3', { from: recovery, to: primary }));
    expect(back).toMatchObject({ status: 'opened', run: { epoch: 2, from: recovery, to: primary } });
  });

  it('is opened while the primary Region is lost, by the majority that is left', async () => {
    const { coordinationIn, world } = smallWorld();
    world.loseRegion(primary.region);
    expect(await opened(coordinationIn(recovery.region), 'run-1')).toMatchObject({ epoch: 1 });
  });

  it('is not opened by a Region that is cut off from both others', async () => {
    const { coordinationIn, world } = smallWorld();
    world.network.cut(primary.region, recovery.region);
    world.network.cut(primary.region, witnessRegion);
    const failure = await coordinationIn(primary.region)
      .lock.open(wantsToOpen('run-1'))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TransientError' });
  });

  it('completes its record when the first attempt died between its two writes', async () => {
    const { coordinationIn, world } = smallWorld();
    world.intercept = (call) => (isWriteOf(call, 'run') ? new TypeError('crash') : undefined);
    await expect(coordinationIn(recovery.region).lock.open(wantsToOpen('run-1'))).rejects.toThrow('crash');
    world.intercept = undefined;
    const { lock } = coordinationIn(recovery.region);
    expect(await lock.run('run-1')).toBeUndefined();
    expect(await lock.open(wantsToOpen('run-1'))).toMatchObject({ status: 'opened', run: { epoch: 1 } });
    expect(await lock.run('run-1')).toMatchObject({ epoch: 1 });
  });

  it.each(['open', 'hold', 'close'] as const)(
    'survives a lost answer to %s that the SDK client repeats',
    async (method) => {
      const { coordinationIn, world } = smallWorld();
      const { lock } = coordinationIn(recovery.region, { maxAttempts: 2 });
      const run = method === 'open' ? undefined : await opened(coordinationIn(recovery.region), 'run-1');
      let lost = 0;
      world.intercept = (call) => (isWriteOf(call, 'lock') && lost++ === 0 ? 'lost-answer' : undefined);
      const ways = {
        open: async () => (await lock.open(wantsToOpen('run-1'))).status === 'opened',
        hold: async () => run !== undefined && lock.hold(run),
        close: async () => run !== undefined && lock.close(run, 'stopped'),
      };
      expect(await ways[method]()).toBe(true);
      expect(lost).toBe(2);
      expect(await lock.charge(application)).toMatchObject({ epoch: 1 });
    },
  );

  it('can be repeated when another Region is writing the same item at that moment', async () => {
    const { coordinationIn, world } = smallWorld();
    const conflict = new ReplicatedWriteConflictException({ message: 'conflict', $metadata: { httpStatusCode: 400 } });
    world.intercept = (call) => (isWriteOf(call, 'lock') ? conflict : undefined);
    const failure = await coordinationIn(recovery.region)
      .lock.open(wantsToOpen('run-1'))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TransientError', code: conflict.name, effect: 'none' });
  });

  it('gives up when the lock changes each time while it is opened', async () => {
    const { coordinationIn, world } = smallWorld();
    const changed = new ConditionalCheckFailedException({ message: 'changed', $metadata: { httpStatusCode: 400 } });
    world.intercept = (call) => (isWriteOf(call, 'lock') ? changed : undefined);
    const failure = await coordinationIn(recovery.region)
      .lock.open(wantsToOpen('run-1'))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TransientError' });
  });
});
