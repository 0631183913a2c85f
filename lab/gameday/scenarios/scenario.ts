import type { Expectation } from '../../checkers/expectations.ts';
import type { LabOptions } from '../lab.ts';
import type { ScenarioStep } from './steps.ts';

/** How the lab is built: all that is not said is as usual. */
export type ScenarioSettings = Pick<LabOptions, 'synchronous' | 'lease' | 'change' | 'cloud' | 'orchestrators'>;

/**
 * A game day as a readable file: what happens, one step after the other, and what must be seen of it, or must not. The
 * steps only make things happen and wait. Whether it went well, the expectations decide, from what databases, DNS answers,
 * the client's log, the API history and the journal tell – together with the invariants, which hold in every scenario.
 */
export interface Scenario {
  /** The word for `--scenario`. */
  readonly name: string;
  /** One or two sentences for `--list` and for the report. */
  readonly story: string;
  /** Why no failover is due, in a sentence. Left out where one is: then the plan's objectives have to be met. */
  readonly notDue?: string;
  readonly settings: ScenarioSettings;
  readonly steps: readonly ScenarioStep[];
  readonly expectations: readonly Expectation[];
}
