import type { Plan } from '../../shared/domain/plan.ts';
import { makeClockEngine } from '../asl/clock-engine.ts';
import { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { Settings } from '../cloud/settings.ts';
import { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import { addresses } from '../gameday/orders-address.ts';
import { seedApplication } from '../gameday/seed-application.ts';
import { noon, virtualClock } from '../modelled/virtual-clock.ts';
import { armCallFaults, type Refusals } from './call-faults.ts';
import { seedConsumers } from './consumers.ts';
import { draw, durations, settingsOf } from './durations.ts';
import type { Faults } from './faults.ts';
import type { Chance } from './random.ts';
import { openShop } from './shop.ts';

export interface ModelOptions {
  readonly plan: Plan;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly settings: Partial<Settings>;
}

/** What is wrong with the world at the moment, beside the calls that meet a fault of their own. */
export interface Weather {
  /** How far the clocks of a Region are ahead; ms. */
  readonly skews: Map<string, number>;
  /** Regions whose functions reach nobody by HTTP. */
  readonly deaf: Set<string>;
  readonly refusals: Refusals;
  /** How many times as long as usual promotions and task starts take. */
  slowness: number;
}

/** The world without any code of ours in it: time, the cloud, the shop, and what can go wrong with them. */
export type Model = ReturnType<typeof openModel>;

export function openModel({ chance, faults, plan, ...options }: ModelOptions) {
  const clock = virtualClock(noon);
  // Until the day begins everything takes no time: the shop has been running for long.
  const weather: Weather = { skews: new Map(), deaf: new Set(), refusals: new Map(), slowness: 0 };
  const pace = chance.fork('durations');
  const random = chance.fork('cloud').next;
  const substrate = new ModelledSubstrate({
    clock,
    random,
    promotionMs: () => draw(durations.promotion, pace) * weather.slowness,
    taskStartMs: () => draw(durations.taskStart, pace) * weather.slowness,
  });
  const settings = { ...settingsOf(chance.fork('settings')), ...options.settings };
  const world = new World({ clock, random, substrate, engine: makeClockEngine(clock), settings });
  const skewMs = (region: string): number => weather.skews.get(region) ?? 0;
  const shop = openShop({ world, plan, substrate, skewMs, lagMs: () => draw(durations.replicationLag, pace) });
  const strike = armCallFaults({ world, faults, chance: chance.fork('faults'), refusals: weather.refusals });
  return { clock, plan, shop, skewMs, strike, substrate, weather, world };
}

const ttlSeconds = 10;

/** The shop on a good day, before Understudy came. */
export function seedShop({ plan, substrate, world }: Model): void {
  const regions = { primary: { address: addresses.primary }, recovery: { address: addresses.recovery } };
  substrate.seedDatabase({ region: plan.regions.primary, instance: instances.primary }, 'writer');
  substrate.seedDatabase({ region: plan.regions.recovery, instance: instances.recovery }, 'standby');
  seedConsumers({ world, plan });
  seedApplication({ world, plan, regions, ttlSeconds });
}
