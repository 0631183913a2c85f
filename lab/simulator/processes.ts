import type { Runtime } from '../../functions/_lambda.ts';
import type { Outside } from '../../shared/aws/outside.ts';
import type { LabClock } from '../cloud/clock.ts';
import { type Invocation, runningInvocation } from '../cloud/running-function.ts';
import type { Wire } from '../cloud/wire.ts';
import { shortStack } from '../modelled/short-stack.ts';
import { labOutside, labRuntime } from '../runtime.ts';
import type { Model } from './model.ts';
import { netOf } from './net.ts';
import type { Chance } from './random.ts';
import { sdkRetries } from './sdk-retries.ts';

/** The share of invocations that find no process waiting for them, and remember nothing. */
const coldShare = 0.2;

/** The processes in which the functions run: one for each function of each Region, until it is replaced. */
export interface Processes {
  /** The runtime of the function whose invocation is running, in the process that it found. */
  runtimeOf(region: string): Runtime;
  /** What somebody in a Region reaches who is no function: no memory, no faults but those of the network. */
  outsideOf(region: string): Outside;
  /** New code: all that was remembered is gone. */
  replace(): void;
}

export function openProcesses(model: Model, chance: Chance): Processes {
  const { clock, plan, skewMs, world } = model;
  const retries = sdkRetries(clock, chance.fork('sdk').next);
  const plugin = (wire: Wire) => shortStack(world, wire, retries);
  const log = (): void => undefined;
  const net = (region: string) =>
    netOf({ ...model, deaf: model.weather.deaf, region, chance: chance.fork(`net ${region}`) });
  // Clients remember nothing of what we ask, and are most of what a new process costs: they outlive it.
  const clients = new Map<string, Outside['client']>();
  const clientsIn = (region: string): Outside['client'] => {
    const known = clients.get(region) ?? labOutside({ world, plan, region, net: net(region), plugin }).client;
    clients.set(region, known);
    return known;
  };
  const start = (region: string): Runtime =>
    labRuntime({
      ...{ world, plan, region, log, plugin },
      clock: skewed(clock, () => skewMs(region)),
      net: net(region),
      client: clientsIn(region),
    });
  const onlyOnce = (wire: Wire) => shortStack(world, wire);
  const outsides = new Map<string, Outside>();
  const warm = new Map<string, Process>();
  const draws = chance.fork('cold');
  return {
    runtimeOf: (region) => {
      const invocation = runningInvocation.getStore();
      const key = `${region} ${invocation?.functionName}`;
      const kept = draws.isHit(coldShare) ? undefined : warm.get(key);
      const runtime = kept === undefined || kept.servedLast?.isDead === true ? start(region) : kept.runtime;
      warm.set(key, { runtime, servedLast: invocation });
      return runtime;
    },
    outsideOf: (region) => {
      const known = outsides.get(region) ?? labOutside({ world, plan, region, net: net(region), plugin: onlyOnce });
      outsides.set(region, known);
      return known;
    },
    replace: () => warm.clear(),
  };
}

interface Process {
  readonly runtime: Runtime;
  /** One that has died has taken its process with it. */
  readonly servedLast: Invocation | undefined;
}

/** Durations are the same everywhere; only what a clock shows differs. */
const skewed = (clock: LabClock, aheadMs: () => number): LabClock => ({
  nowMs: () => clock.nowMs() + aheadMs(),
  sleep: clock.sleep,
});
