import { regionFrozen } from './region-frozen.ts';
import { regionLost, regionLostSynchronous } from './region-lost.ts';
import type { Scenario } from './scenario.ts';

/** In the order in which `--list` shows them; the first is the default. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [regionLost, regionLostSynchronous, regionFrozen];
