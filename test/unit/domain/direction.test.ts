import { describe, expect, it } from 'vitest';
import { directionOf } from '../../../shared/domain/direction.ts';
import { primary, recovery, witnessRegion } from '../../support/sample-run.ts';

const plan = { regions: { primary: primary.region, recovery: recovery.region, witness: witnessRegion } };
const inCharge = (activeRegion: string) => ({ activeRegion, epoch: 1 });

describe('the direction of a run', () => {
  it.each([
    ['leaves the primary before the first run', {}, undefined, { from: primary, to: recovery }],
    ['leaves the primary while it is in charge', {}, inCharge(primary.region), { from: primary, to: recovery }],
    ['goes back while the recovery is in charge', {}, inCharge(recovery.region), { from: recovery, to: primary }],
    ['leaves the place that is asked for', { from: 'recovery' as const }, undefined, { from: recovery, to: primary }],
    [
      'leaves the place that is asked for, whoever is in charge: the lock will object',
      { from: 'primary' as const },
      inCharge(recovery.region),
      { from: primary, to: recovery },
    ],
  ])('%s', (_title, request, charge, expected) => {
    expect(directionOf(plan, request, charge)).toEqual(expected);
  });
});
