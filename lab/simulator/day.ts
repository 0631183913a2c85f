import type { Plan } from '../../shared/domain/plan.ts';
import type { Place, RunRequest } from '../../shared/domain/run.ts';
import type { ApiCall } from '../cloud/history.ts';
import type { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { World } from '../cloud/world.ts';
import type { VirtualClock } from '../modelled/virtual-clock.ts';
import type { Shop } from './shop.ts';

/** The world of one simulated day, and what happenings may do to it. */
export interface Day {
  readonly world: World;
  readonly plan: Plan;
  readonly clock: VirtualClock;
  readonly substrate: ModelledSubstrate;
  readonly shop: Shop;
  /** How far the clocks of a Region are ahead; ms. */
  readonly skews: Map<string, number>;
  /** Regions whose functions reach nobody by HTTP. */
  readonly deaf: Set<string>;
  /** By the happening that brought them. */
  readonly refusals: Map<string, (call: ApiCall) => Error | undefined>;
  /** How many times as long as usual promotions and task starts take. */
  slowness: number;
  /** Every process is replaced by a new one. */
  redeploy(): void;
  /** Starts the state machine of a place, as a person would; a name that is taken changes nothing. */
  start(name: string, place: Place, request?: Partial<RunRequest>): void;
  cancelAll(): void;
}
