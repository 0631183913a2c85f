import type { Plan } from '../../../shared/domain/plan.ts';
import type { DayHistory } from '../history.ts';
import type { Weather } from '../live-day.ts';
import type { Chance } from '../random.ts';

/** What a scenario demands besides the invariants. */
export interface Expectation {
  /** A sentence that is true when it holds. */
  readonly title: string;
  /** @returns why it does not hold; undefined when it does */
  expect(history: DayHistory): string | undefined;
}

/** A kind of day as a readable file. */
export interface Scenario {
  /** The word for `--scenario`. */
  readonly name: string;
  /** The situation of the design that it reproduces, such as D1; the swarm has none. */
  readonly situation?: string;
  /** One sentence for `--list`. */
  readonly story: string;
  /** What happens; what it leaves to chance comes from the seed. */
  weather(chance: Chance): Weather;
  /** What its plan has otherwise than shop.plan.yml. */
  readonly plan?: (plan: Plan) => Plan;
  readonly expectations?: readonly Expectation[];
}
