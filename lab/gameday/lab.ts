import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '../../functions/_lambda.ts';
import type { Outside } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Log } from '../../shared/domain/ports.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { Settings } from '../cloud/settings.ts';
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
import { type Intercepts, openIntercepts } from './intercepts.ts';
import { labRegions } from './lab-regions.ts';
import { type AwsOptions, openAws } from './open-aws.ts';
import { openWorld } from './open-world.ts';
import { type Orchestrators, startOrchestrators } from './orchestrator/orchestrators.ts';
import { addresses } from './orders-address.ts';
import type { Database } from './postgres/database.ts';
import type { Workplace } from './processes/workplace.ts';
import { publicName } from './public-name.ts';
import { openRoads, type Roads } from './roads.ts';
import { seedApplication, tasksAt } from './seed-application.ts';
import { openSite, type Site } from './site.ts';
import type { Traffic } from './traffics.ts';
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
  /** Changes the lab's plan before anything is built on it. */
  readonly change?: (plan: Plan) => Plan;
  /** How the simulated cloud differs from the lab's usual one. */
  readonly cloud?: Partial<Settings>;
  /** How many processes run the executions of the recovery Region; default: none, they run in this one. */
  readonly orchestrators?: number;
  /** By which kind of resource traffic is moved; default: as plans/lab.plan.yml says. */
  readonly traffic?: Traffic | undefined;
  readonly log: Log;
  readonly onProgress: (progress: Progress) => void;
}

/** Two Regions of real parts, the simulated control plane above them, and a client that writes orders. */
export interface Lab extends Pick<Site, 'regions'> {
  readonly site: Site;
  readonly world: World;
  readonly plan: Plan;
  readonly client: RemoteClient;
  readonly answers: Answers;
  readonly lag: readonly LagSample[];
  /** A view from the witness Region, for looking at the coordination table and the executions. */
  readonly outside: Outside;
  /** What happens to API calls on their way. */
  readonly intercepts: Intercepts;
  /** What happens to HTTP between Regions. */
  readonly roads: Roads;
  /** Whether CloudWatch hears of the replication lag. */
  readonly lagMetric: { isPublished: boolean };
  /** The processes that run the executions of the recovery Region, if it has such. */
  readonly orchestrators: Orchestrators | undefined;
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
  const site = await openSite({ ...options, gated: options.lease ?? true });
  opened.defer(() => site.close());
  const orchestrators = orchestratorsFor(options);
  const elsewhere = orchestrators && { region: labRegions.recovery, engine: orchestrators.engine };
  const world = openWorld(
    { regions: Object.values(site.regions), wires: site.wires },
    { changes: options.cloud, elsewhere },
  );
  const intercepts = openIntercepts(world);
  const answers = await openAnswers(publicName, world.route53);
  opened.defer(() => answers.server.close());
  opened.defer(() => world.stop());
  const dnsPort = answers.server.port;
  const { outsideOf, plan, roads, runtimeOf } = await connect(options, { site, world, dnsPort });

  await equipCloud({ world, plan, runtimeOf });
  await openAws(options, { world, plan, dnsPort }, opened);
  seedApplication({ world, plan, regions: site.regions, ttlSeconds: options.ttlSeconds });
  await orchestrators?.equip({ world, roads, plan });
  await site.untilRunning(tasksAt);
  const { lag, lagMetric } = measureLag(site.regions, outsideOf, opened);
  startSchedules(world, plan);
  await untilGranted(plan, site.regions.primary.database);
  const client = await startUsers(options, { site, dnsPort, outside: outsideOf(labRegions.witness) });
  // Last: alarms that are armed in the middle of a beginning would go off, and a run would wait for more of them.
  await armAlarms(plan, world, outsideOf);

  return {
    world,
    plan,
    regions: site.regions,
    client,
    answers,
    lag,
    outside: outsideOf(labRegions.witness),
    site,
    intercepts,
    roads,
    lagMetric,
    orchestrators,
    close: () => opened.disposeAsync(),
  };
}

/** Until the lab is closed. @returns what will be measured, and whether CloudWatch hears of it */
function measureLag(
  regions: Site['regions'],
  outsideOf: (region: string) => Outside,
  opened: AsyncDisposableStack,
): Pick<Lab, 'lag' | 'lagMetric'> {
  const ended = new AbortController();
  opened.defer(() => ended.abort());
  const [lag, lagMetric]: [LagSample[], Lab['lagMetric']] = [[], { isPublished: true }];
  const take = (sample: LagSample): void => void lag.push(sample);
  for (const { database, name } of Object.values(regions)) {
    const isPublished = (): boolean => lagMetric.isPublished;
    void watchLag({ database, outside: outsideOf(name), ended: ended.signal, take, isPublished });
  }
  return { lag, lagMetric };
}

interface Users extends Pick<Ground, 'site' | 'dnsPort'> {
  /** Where their telemetry goes. */
  readonly outside: Outside;
}

function startUsers(options: LabOptions, { dnsPort, outside, site }: Users): Promise<RemoteClient> {
  const tellUsers = usersTelemetry(outside, labRegions.witness);
  const onProgress = (progress: Progress): void => {
    tellUsers(progress);
    options.onProgress(progress);
  };
  return site.startLoad({ ...options, dnsPort, onProgress });
}

interface Ground {
  readonly site: Site;
  readonly world: World;
  readonly dnsPort: number;
}

/** The plan, with the lab's addresses, and the ways on which functions of each Region reach the rest. */
async function connect(options: LabOptions, { dnsPort, site, world }: Ground) {
  const { change = (same) => same, lease: withLease = true, log, traffic, ttlSeconds } = options;
  const values = {
    ...addressValues,
    ordersPort: site.port,
    dnsPort,
    ttlSeconds,
    withLease,
    traffic,
    overHttp: options.bundles ?? false,
  };
  const plan = change(await fillPlan(values));
  const roads = openRoads({
    resolve: resolverOf(dnsPort),
    regionAt: (address) => Object.values(site.regions).find((region) => region.address === address)?.name,
    isCut: (from, to) => world.network.isCut(from, to),
  });
  const partsOf = (region: string) => ({ world, plan, region, net: roads.from(region) });
  const outsideOf = (region: string): Outside => labOutside(partsOf(region));
  const runtimeOf = (region: string): Runtime => labRuntime({ ...partsOf(region), clock: systemClock, log });
  return { plan, roads, outsideOf, runtimeOf };
}

function orchestratorsFor({ log, orchestrators: count, workplace }: LabOptions): Orchestrators | undefined {
  return count === undefined ? undefined : startOrchestrators({ workplace, region: labRegions.recovery, count, log });
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
  for (const region of Object.values(regions)) {
    scheduler.schedule({ region, functionName: 'probe', everyMs: 1, input: { application, durationSeconds: 30 } });
  }
  for (const region of [regions.primary, regions.recovery]) {
    for (const functionName of ['guard', 'take-over']) {
      scheduler.schedule({ region, functionName, everyMs: 1, input: { application, durationSeconds: 30 } });
    }
    scheduler.schedule({ region, functionName: 'evaluate', everyMs: 2000, input: { application } });
  }
}
