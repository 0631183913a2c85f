import type { CallFault } from '../../lab/simulator/faults.ts';
import type { Happening } from '../../lab/simulator/happenings.ts';
import type { Variant } from '../../lab/simulator/loaded.ts';
import { simulate } from '../../lab/simulator/simulate.ts';
import type { Check } from '../../shared/report/game-day-report.ts';

/** A day on which just this happens, whatever the scenarios draw from their seeds by now. */
export interface FixedDay {
  /** For what is left to chance, such as durations. */
  readonly seed: number;
  readonly happenings?: readonly Happening[];
  /** Call faults by id, such as `crash-after@restore:ECS.UpdateService#1`. */
  readonly faults?: readonly `${CallFault}@${string}`[];
  readonly plan?: Variant;
  readonly healAt?: number;
}

export interface Lived {
  readonly failed: readonly Check[];
  /** The happenings and faults that took place: a day without them shows nothing. */
  readonly tookPlace: readonly string[];
}

export async function liveFixedDay({
  faults = [],
  happenings = [],
  healAt = 900,
  plan = {},
  seed,
}: FixedDay): Promise<Lived> {
  const rates = Object.fromEntries(faults.map((id) => [id.split('@')[0], 1]));
  const weather = () => ({ happenings, rates, healAt, plan });
  const only = [...happenings.map(({ id }) => id), ...faults];
  const { checks, history } = await simulate({ scenario: { name: 'fixed', story: '', weather }, seed, only });
  return {
    failed: checks.filter(({ verdict }) => verdict === 'failed'),
    tookPlace: [...history.happened, ...history.struck].map(({ id }) => id),
  };
}
