import { describe, expect, it } from 'vitest';
import {
  type GuardWatch,
  guardAction,
  type LeaseSeen,
  outwaitUntil,
  type WriteLease,
} from '../../../shared/domain/lease.ts';

const here: WriteLease = { region: 'eu-west-1', epoch: 3, expiresAt: 1000 };
const there: WriteLease = { ...here, region: 'eu-central-1' };
const claimed: WriteLease = { ...here, claimedBy: 'run-1' };
/** A planned run's: it ends by itself. */
const frozen: WriteLease = { ...claimed, claimEndsAt: 700 };
const watch = { region: 'eu-west-1', now: 500, renewEveryMs: 200 };
const granted: GuardWatch = { ...watch, grant: here };

describe('the guard', () => {
  it.each<[string, LeaseSeen, GuardWatch, string]>([
    ['renews what its Region holds', here, watch, 'renew'],
    ['renews a lease that has run out: the Region still holds it', here, { ...watch, now: 5000 }, 'renew'],
    ['does nothing for a Region that never had it', there, watch, 'nothing'],
    ['does nothing while there is none', 'absent', watch, 'nothing'],
    ['fences when a run has claimed it', claimed, granted, 'fence'],
    ['fences when the other Region has it', there, granted, 'fence'],
    ['fences when it has vanished', 'absent', granted, 'fence'],
    ['leaves a claimed lease alone when its gate is closed already', claimed, watch, 'nothing'],
    ['takes a claim back at its end', frozen, { ...watch, now: 700 }, 'release'],
    ['takes it back although its own grant is not over', frozen, { ...granted, now: 700 }, 'release'],
    ['fences as long as the claim stands', frozen, { ...granted, now: 699 }, 'fence'],
    [
      'leaves the claim on another Region’s lease alone',
      { ...frozen, region: 'eu-central-1' },
      { ...watch, now: 700 },
      'nothing',
    ],
    ['never takes back a claim without an end', claimed, { ...watch, now: 5000 }, 'nothing'],
    ['keeps trying while there is time', 'unanswered', granted, 'nothing'],
    ['fences one pause before the end of its grant', 'unanswered', { ...granted, now: 800 }, 'fence'],
    ['still tries just before that', 'unanswered', { ...granted, now: 799 }, 'nothing'],
    ['has nothing to fence without a grant', 'unanswered', { ...watch, now: 5000 }, 'nothing'],
  ])('%s', (_title, seen, situation, action) => {
    expect(guardAction(seen, situation)).toBe(action);
  });
});

it('a lease is outwaited when its end and the skew have passed', () => {
  expect(outwaitUntil(here, 20)).toBe(1020);
});
