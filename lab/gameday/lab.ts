import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '../../functions/_lambda.ts';
import type { Outside } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Log } from '../../shared/domain/ports.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { LagSample } from '../checkers/evidence.ts';
import { systemClock } from '../cloud/system-clock.ts';
import type { World } from '../cloud/world.ts';
import { labOutside, labRuntime } from '../runtime.ts';
import { type Answers, openAnswers } from './answers.ts';
import { lookupAt } from './client/lookup.ts';
import type { RemoteClient } from './client/remote-client.ts';
import type { Progress } from './client/result.ts';
import { buildData, type LabData } from './data.ts';
import { equipCloud } from './equip-cloud.ts';
import { fillPlan } from './fill-plan.ts';
import { labRegions } from './lab-regions.ts';
import { openWorld } from './open-world.ts';
import { bundleOrderService } from './orders/bundle.ts';
import { addresses, findOrdersPort } from './orders-address.ts';
import type { Workplace } from './processes/workplace.ts';
import { type LabRegion, openRegion } from './region.ts';
import { armAlarms, publicName, seedApplication, tasksAt } from './seed-application.ts';
import { startLoad } from './start-load.ts';
import { watchLag } from './watch-lag.ts';

export interface LabOptions {
  readonly workplace: Workplace;
  readonly ordersPerSecond: number;
  /** TTL of the application's record; seconds, 0 allowed. */
  readonly ttlSeconds: number;
  /** Whether a commit waits for the standby: nothing is lost then, and each write costs the distance. */
  readonly synchronous: boolean;
  readonly log: Log;
  readonly onProgress: (progress: Progress) => void;
}

/** Two Regions of real parts, the simulated control plane above them, and a client that writes orders. */
export interface Lab {
  readonly world: World;
  readonly plan: Plan;
  readonly regions: Readonly<Record<Place, LabRegion>>;
  readonly client: RemoteClient;
  readonly answers: Answers;
  readonly lag: readonly LagSample[];
  /** A view from the witness Region, for looking at the coordination table and the executions. */
  readonly outside: Outside;
  /** Kills every process of the place and silences its API, at one moment. @returns that moment */
  loseRegion(place: Place): Promise<Instant>;
  close(): Promise<void>;
}

/** Takes about four seconds; everything that can, starts side by side. */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { log, synchronous, ttlSeconds, workplace } = options;
  const [port, serviceFile, data] = await Promise.all([
    findOrdersPort(),
    bundleOrderService(workplace.dir('bundles')),
    buildData({ workplace, regions: labRegions, synchronous }),
  ]);
  const regions = openRegions(workplace, { data, port, serviceFile });
  const world = openWorld(Object.values(regions));
  const answers = await openAnswers(publicName, world.route53);
  const dnsPort = answers.server.port;
  const plan = await fillPlan({ ...addressValues, ordersPort: port, dnsPort, ttlSeconds });
  const parts = { world, plan, resolve: resolverOf(dnsPort) };
  const outsideOf = (region: string): Outside => labOutside({ ...parts, region });

  const runtimeOf = (region: string): Runtime => labRuntime({ ...parts, region, clock: systemClock, log });

  await equipCloud({ world, plan, runtimeOf });
  seedApplication({ world, plan, regions, ttlSeconds });
  await armAlarms(plan, world, outsideOf);
  await Promise.all(places.map((place) => untilRunning(regions[place], tasksAt[place])));
  const ended = new AbortController();
  const lag: LagSample[] = [];
  const take = (sample: LagSample): void => void lag.push(sample);
  void watchLag({ standby: data.recovery, outside: outsideOf(labRegions.recovery), ended: ended.signal, take });
  startSchedules(world, plan);
  const client = await startLoad({ ...options, name: publicName, port, dnsPort });

  return {
    world,
    plan,
    regions,
    client,
    answers,
    lag,
    outside: outsideOf(labRegions.witness),
    async loseRegion(place) {
      const { name, pool } = regions[place];
      world.loseRegion(name);
      const lostAt = performance.timeOrigin + performance.now();
      // The kill is done when killRegion returns its promise; what was on the wire then dies with the Region.
      const dead = workplace.killRegion(name);
      data.wire.cut();
      await Promise.all([dead, pool.lose()]);
      return lostAt;
    },
    async close() {
      ended.abort();
      world.stop();
      await Promise.all(places.map((place) => regions[place].pool.close()));
      await Promise.all([data.wire.close(), answers.server.close()]);
      await workplace.close();
    },
  };
}

const addressValues = { primaryAddress: addresses.primary, recoveryAddress: addresses.recovery };

interface RegionsWanted {
  readonly data: LabData;
  readonly port: number;
  readonly serviceFile: string;
}

function openRegions(workplace: Workplace, { data, ...rest }: RegionsWanted): Readonly<Record<Place, LabRegion>> {
  const open = (place: Place): LabRegion =>
    openRegion({
      ...rest,
      workplace,
      place,
      name: labRegions[place],
      address: addresses[place],
      database: data[place],
    });
  return { primary: open('primary'), recovery: open('recovery') };
}

/** The lab's own name is asked of its own server, each time anew; other hosts are addresses already. */
function resolverOf(dnsPort: number): (hostname: string) => Promise<string | undefined> {
  const lookup = lookupAt(`127.0.0.1:${dnsPort}`, publicName);
  return async (hostname) => (hostname === publicName ? (await lookup()).address : undefined);
}

const startTimeoutMs = 10_000;

async function untilRunning({ name, pool }: LabRegion, tasks: number): Promise<void> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (pool.running() < tasks) {
    if (performance.now() > giveUpAt) throw new Error(`the order service of ${name} did not start`);
    await sleep(10);
  }
}

/** Probes loop inside their schedule, as on AWS; evaluations run every other second instead of every few minutes. */
function startSchedules({ scheduler }: World, { application, regions }: Plan): void {
  for (const region of [regions.recovery, regions.witness]) {
    scheduler.schedule({ region, functionName: 'probe', everyMs: 1, input: { application, durationSeconds: 30 } });
  }
  scheduler.schedule({ region: regions.recovery, functionName: 'evaluate', everyMs: 2000, input: { application } });
}
