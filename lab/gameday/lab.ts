import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '../../functions/_lambda.ts';
import type { Outside } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Log } from '../../shared/domain/ports.ts';
import type { Instant, Place } from '../../shared/domain/run.ts';
import type { LagSample } from '../checkers/evidence.ts';
import { systemClock } from '../cloud/system-clock.ts';
import type { World } from '../cloud/world.ts';
import { labOutside, labRuntime } from '../runtime.ts';
import { type Answers, openAnswers } from './answers.ts';
import { armAlarms } from './arm-alarms.ts';
import { lookupAt } from './client/lookup.ts';
import type { RemoteClient } from './client/remote-client.ts';
import type { Progress } from './client/result.ts';
import { equipCloud } from './equip-cloud.ts';
import { fillPlan } from './fill-plan.ts';
import { labRegions } from './lab-regions.ts';
import { type AwsOptions, openAws } from './open-aws.ts';
import { openWorld } from './open-world.ts';
import { addresses } from './orders-address.ts';
import type { Database } from './postgres/database.ts';
import type { Workplace } from './processes/workplace.ts';
import { seedApplication, tasksAt } from './seed-application.ts';
import { openSite, publicName, type Site } from './site.ts';
import { usersTelemetry } from './users-telemetry.ts';
import { watchLag } from './watch-lag.ts';

export interface LabOptions extends AwsOptions {
  readonly workplace: Workplace;
  readonly ordersPerSecond: number;
  /** TTL of the application's record; seconds, 0 allowed. */
  readonly ttlSeconds: number;
  readonly synchronous: boolean;
  /** Whether the plan has a write lease; default: yes. */
  readonly lease?: boolean;
  readonly log: Log;
  readonly onProgress: (progress: Progress) => void;
}

/** Two Regions of real parts, the simulated control plane above them, and a client that writes orders. */
export interface Lab extends Pick<Site, 'regions'> {
  readonly world: World;
  readonly plan: Plan;
  readonly client: RemoteClient;
  readonly answers: Answers;
  readonly lag: readonly LagSample[];
  /** A view from the witness Region, for looking at the coordination table and the executions. */
  readonly outside: Outside;
  /** Kills every process of the place and silences its API, at one moment. @returns that moment */
  loseRegion(place: Place): Promise<Instant>;
  /** Stops every process of the place where it is, and silences its API. @returns that moment */
  freezeRegion(place: Place): Instant;
  /** Everything in the place goes on as if nothing had been. */
  thawRegion(place: Place): void;
  close(): Promise<void>;
}

/** Takes about four seconds. What it has opened when it fails, such as by an invalid plan, it closes again. */
export async function openLab(options: LabOptions): Promise<Lab> {
  const opened = new AsyncDisposableStack();
  try {
    return await build(options, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function build(options: LabOptions, opened: AsyncDisposableStack): Promise<Lab> {
  const { lease: withLease = true, log, ttlSeconds } = options;
  const site = await openSite({ ...options, gated: withLease });
  opened.defer(() => site.close());
  const { regions } = site;
  const world = openWorld(Object.values(regions));
  const answers = await openAnswers(publicName, world.route53);
  opened.defer(() => answers.server.close());
  opened.defer(() => world.stop());
  const dnsPort = answers.server.port;
  const values = { ...addressValues, ordersPort: site.port, dnsPort, ttlSeconds, withLease };
  const plan = await fillPlan({ ...values, overHttp: options.bundles ?? false });
  const parts = { world, plan, resolve: resolverOf(dnsPort) };
  const outsideOf = (region: string): Outside => labOutside({ ...parts, region });
  const runtimeOf = (region: string): Runtime => labRuntime({ ...parts, region, clock: systemClock, log });
  const functions = await openAws(options, { ...parts, workplace: options.workplace, dnsPort, log }, opened);
  await equipCloud({ world, plan, runtimeOf, ...functions });
  seedApplication({ world, plan, regions, ttlSeconds });
  await site.untilRunning(tasksAt);
  const lag = measureLag(regions.recovery.database, outsideOf(labRegions.recovery), opened);
  startSchedules(world, plan);
  await untilGranted(plan, regions.primary.database);
  const tellUsers = usersTelemetry(outsideOf(labRegions.witness), labRegions.witness);
  const onProgress = (progress: Progress): void => {
    tellUsers(progress);
    options.onProgress(progress);
  };
  const client = await site.startLoad({ ...options, dnsPort, onProgress });
  // Last: alarms that are armed in the middle of a beginning would go off, and a run would wait for more of them.
  await armAlarms(plan, world, outsideOf);

  return {
    world,
    plan,
    regions,
    client,
    answers,
    lag,
    outside: outsideOf(labRegions.witness),
    ...faultsOf(world, site),
    close: () => opened.disposeAsync(),
  };
}

/** Until the lab is closed. @returns what will be measured */
function measureLag(standby: Database, outside: Outside, opened: AsyncDisposableStack): readonly LagSample[] {
  const ended = new AbortController();
  opened.defer(() => ended.abort());
  const lag: LagSample[] = [];
  void watchLag({ standby, outside, ended: ended.signal, take: (sample) => void lag.push(sample) });
  return lag;
}

/** What can happen to a place: to its processes and to its API at the same moment. */
function faultsOf(world: World, site: Site): Pick<Lab, 'loseRegion' | 'freezeRegion' | 'thawRegion'> {
  const { regions } = site;
  return {
    loseRegion(place) {
      world.loseRegion(regions[place].name);
      return site.kill(place);
    },
    freezeRegion(place) {
      world.loseRegion(regions[place].name);
      return site.freeze(place);
    },
    thawRegion(place) {
      site.thaw(place);
      world.restoreRegion(regions[place].name);
    },
  };
}

const addressValues = { primaryAddress: addresses.primary, recoveryAddress: addresses.recovery };

/** The lab's own name is asked of its own server, each time anew; other hosts are addresses already. */
function resolverOf(dnsPort: number): (hostname: string) => Promise<string | undefined> {
  const lookup = lookupAt(`127.0.0.1:${dnsPort}`, publicName);
  return async (hostname) => (hostname === publicName ? (await lookup()).address : undefined);
}

const grantTimeoutMs = 5000;

/** The application may write once its guard has obtained the first grant. */
async function untilGranted({ policy }: Plan, database: Database): Promise<void> {
  if (policy.lease === undefined) return;
  const giveUpAt = performance.now() + grantTimeoutMs;
  while ((await database.query('SELECT epoch FROM write_lease')).length === 0) {
    if (performance.now() > giveUpAt) throw new Error('the guard of the primary Region obtained no write lease');
    await sleep(10);
  }
}

/** Probes loop inside their schedule, as on AWS; evaluations run every other second instead of every few minutes. */
function startSchedules({ scheduler }: World, { application, regions }: Plan): void {
  for (const region of [regions.recovery, regions.witness]) {
    scheduler.schedule({ region, functionName: 'probe', everyMs: 1, input: { application, durationSeconds: 30 } });
  }
  for (const region of [regions.primary, regions.recovery]) {
    for (const functionName of ['guard', 'take-over']) {
      scheduler.schedule({ region, functionName, everyMs: 1, input: { application, durationSeconds: 30 } });
    }
  }
  scheduler.schedule({ region: regions.recovery, functionName: 'evaluate', everyMs: 2000, input: { application } });
}
