import { makeEngine } from '../asl/engine.ts';
import type { Engine } from '../cloud/engine.ts';
import type { Settings } from '../cloud/settings.ts';
import { systemClock } from '../cloud/system-clock.ts';
import { World } from '../cloud/world.ts';
import { type Grounds, processSubstrate } from './substrate.ts';

/**
 * The lab's CloudWatch alarms and Route 53's health checkers run at 1/100 of the time: 3 periods of 10 s would hide
 * everything that the game day is to show. Nothing else is scaled. Latencies are those of one continent's neighbours, kept short on purpose: the lab measures
 * what the automation adds.
 */
const settings: Partial<Settings> = {
  alarmTimeScale: 0.01,
  healthCheckTimeScale: 0.01,
  latencyMs: 1,
  interRegionLatencyMs: 3,
  propagationMs: 20,
  eventDeliveryMs: 5,
};

export interface WorldWanted {
  /** Differences from the lab's usual settings. */
  readonly changes: Partial<Settings> | undefined;
  /** Runs the executions of one Region elsewhere. */
  readonly elsewhere: { readonly region: string; readonly engine: Engine } | undefined;
}

export function openWorld(grounds: Grounds, { changes, elsewhere }: WorldWanted): World {
  const substrate = processSubstrate(grounds);
  return new World({
    clock: systemClock,
    random: Math.random,
    substrate,
    engine: engineWith(elsewhere),
    settings: { ...settings, ...changes },
  });
}

function engineWith(elsewhere: WorldWanted['elsewhere']): Engine {
  const here = makeEngine();
  if (elsewhere === undefined) return here;
  const isThere = (executionArn: string): boolean => executionArn.split(':')[3] === elsewhere.region;
  return (definition, input, options) =>
    (isThere(options.context.executionArn) ? elsewhere.engine : here)(definition, input, options);
}
