import { detection } from './detection.ts';
import { drills } from './drills.ts';
import { execution } from './execution.ts';
import { homecoming } from './homecoming.ts';
import { plans } from './plans.ts';
import type { Scenario } from './scenario.ts';
import { homewardSwarm, swarm } from './swarm.ts';

/** In the order in which `--list` shows them; the first is the default. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  swarm,
  homewardSwarm,
  ...detection,
  ...execution,
  ...drills,
  ...homecoming,
  ...plans,
];

/** @throws Error for a name that is none */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}
