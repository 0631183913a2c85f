import { describe, expect, it } from 'vitest';
import type { LockState } from '../../../shared/domain/ports.ts';
import { takeOverWanted } from '../../../shared/start/take-over.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { primary, recovery, sampleRun, witnessRegion } from '../../support/sample-run.ts';
import { noon } from '../../support/virtual-clock.ts';

const plan = await loadedPlan();
const spanMs = plan.policy.takeOverAfterSeconds * 1000;
const held: LockState = { activeRegion: primary.region, epoch: 1, heartbeatAt: noon, currentRun: sampleRun() };
const { currentRun: _run, ...free } = held;
const wanted = (lock: LockState | undefined, region: string, silentMs: number) =>
  takeOverWanted(lock, { plan, region, now: noon + silentMs });

describe('a run is taken over', () => {
  it.each<[string, LockState | undefined, string, number, boolean]>([
    ['not while it gives signs of life', held, recovery.region, spanMs, false],
    ['by the Region being activated, once it was silent for long enough', held, recovery.region, spanMs + 1, true],
    ['not yet by the Region being left: the other one comes first', held, primary.region, 2 * spanMs, false],
    ['by the Region being left, when the other one has not done it', held, primary.region, 2 * spanMs + 1, true],
    ['never by the witness', held, witnessRegion, 100 * spanMs, false],
    ['not when none is open', free, recovery.region, 100 * spanMs, false],
    ['not when there was never one', undefined, recovery.region, 100 * spanMs, false],
  ])('%s', (_title, lock, region, silentMs, isWanted) => {
    expect(wanted(lock, region, silentMs) !== undefined).toBe(isWanted);
  });

  it('as what it is: the continuation of that run', () => {
    expect(wanted(held, recovery.region, spanMs + 1)?.request).toMatchObject({
      application: 'shop',
      trigger: 'takeover',
      takesOver: 'run-1',
      reason: expect.stringContaining('run-1'),
    });
  });

  it('under one name in the same span of silence, and under another in the next', () => {
    const names = [spanMs + 1, 2 * spanMs - 1, 2 * spanMs + 1].map((ms) => wanted(held, recovery.region, ms)?.name);
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toBe(names[1]);
  });
});
