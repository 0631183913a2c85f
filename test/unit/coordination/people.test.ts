import { describe, expect, it } from 'vitest';
import type { Directive } from '../../../shared/domain/directive.ts';
import { application, primary, recovery, wantsToOpen } from '../../support/sample-run.ts';
import { smallWorld } from '../../support/small-world.ts';
import { noon } from '../../support/virtual-clock.ts';

const person = { by: 'ada', reason: 'because', expiresAt: noon + 900_000 };

describe('directives', () => {
  it('are read in the other Region in the order in which they were said', async () => {
    const { coordinationIn } = smallWorld();
    const first: Directive = { type: 'decline', ...person, at: noon };
    const second: Directive = { type: 'approve', needs: ['proceed'], ...person, at: noon + 1 };
    const { directives } = coordinationIn(primary.region);
    await directives.record('run-1', second);
    await directives.record('run-1', first);
    await directives.record('run-2', first);
    expect(await coordinationIn(recovery.region).directives.read('run-1')).toEqual([first, second]);
  });
});

describe('the kill switch', () => {
  it('is seen in both Regions until somebody lifts it', async () => {
    const { coordinationIn } = smallWorld();
    const halt = { by: 'ada', reason: 'maintenance', at: noon };
    const [here, there] = [coordinationIn(primary.region).killSwitch, coordinationIn(recovery.region).killSwitch];
    expect(await there.halted(application)).toBeUndefined();
    await here.halt(application, halt);
    expect(await there.halted(application)).toEqual(halt);
    expect(await there.halted('another')).toBeUndefined();
    await there.resume(application);
    expect(await here.halted(application)).toBeUndefined();
  });
});

describe('an acknowledgement', () => {
  const ended = async () => {
    const { coordinationIn } = smallWorld();
    const { lock } = coordinationIn(recovery.region);
    const opening = await lock.open(wantsToOpen('run-1'));
    const run = opening.status === 'opened' ? opening.run : await Promise.reject(new Error(opening.status));
    return { lock, run };
  };
  const ack = { runId: 'run-1', by: 'ada' };

  it('is kept with the run that ended last', async () => {
    const { lock, run } = await ended();
    await lock.close(run, 'recovered');
    expect(await lock.acknowledge(application, ack)).toBe(true);
    expect((await lock.state(application))?.lastRun).toEqual({
      id: 'run-1',
      end: 'recovered',
      endedAt: noon,
      acknowledgedBy: 'ada',
    });
  });

  it('is refused while the run is open, and for another run', async () => {
    const { lock, run } = await ended();
    expect(await lock.acknowledge(application, ack)).toBe(false);
    await lock.close(run, 'stopped');
    expect(await lock.acknowledge(application, { ...ack, runId: 'run-0' })).toBe(false);
  });

  it('that comes when the next run is open already changes nothing', async () => {
    const { lock, run } = await ended();
    await lock.close(run, 'stopped');
    await lock.open(wantsToOpen('run-2'));
    expect(await lock.acknowledge(application, ack)).toBe(false);
    expect((await lock.state(application))?.currentRun?.id).toBe('run-2');
  });
});

it('a run that a person ends after its promotion leaves the Region in charge that has the data', async () => {
  const { coordinationIn } = smallWorld();
  const { lock } = coordinationIn(recovery.region);
  const opening = await lock.open(wantsToOpen('run-1'));
  const run = opening.status === 'opened' ? opening.run : await Promise.reject(new Error(opening.status));
  await lock.close(run, 'abandoned');
  expect(await lock.charge(application)).toEqual({ activeRegion: recovery.region, epoch: 1 });
});
