import type { Outside } from '../../shared/aws/outside.ts';
import type { Log } from '../../shared/domain/ports.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import { aslEngine } from '../asl/engine.ts';
import type { LagSample } from '../checkers/evidence.ts';
import { systemClock } from '../cloud/system-clock.ts';
import { World } from '../cloud/world.ts';
import { labOutside, labRuntime } from '../runtime.ts';
import { type Answers, openAnswers } from './answers.ts';
import { type RemoteClient, startRemoteClient } from './client/remote-client.ts';
import type { Progress } from './client/result.ts';
import { buildData, type LabData } from './data.ts';
import { equipCloud } from './equip-cloud.ts';
import { fillPlan } from './fill-plan.ts';
import { lookupAt } from './client/lookup.ts';
import { addresses, findOrdersPort } from './orders-address.ts';
import { bundleOrderService } from './orders/bundle.ts';
import type { Workplace } from './processes/workplace.ts';
import { clientEntry, type LabRegion, openRegion } from './region.ts';
import { armAlarms, publicName, seedApplication } from './seed-application.ts';
import { processSubstrate } from './substrate.ts';
import { publishLag } from './publish-lag.ts';

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
  /** A view from outside all Regions, for looking at the coordination table and the executions. */
  readonly outside: Outside;
  /** Kills every process of the place and silences its API, at one moment. @returns that moment */
  loseRegion(place: Place): Promise<Instant>;
  close(): Promise<void>;
}

/** Probes loop inside their schedule, as on AWS; evaluations run each second instead of each few minutes. */
const schedules = { probeSeconds: 30, evaluateMs: 1000 } as const;

/** Takes about four seconds; everything that can, starts side by side. */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { workplace } = options;
  const [port, serviceFile, data] = await Promise.all([
    findOrdersPort(),
    bundleOrderService(workplace.dir('bundles')),
    buildData({ ...lab, workplace, synchronous: options.synchronous }),
  ]);
  const regions = openRegions(options, { data, port, serviceFile });
  const world = new World({
    clock: systemClock,
    random: Math.random,
    substrate: processSubstrate(Object.values(regions)),
    engine: aslEngine,
    settings: worldSettings,
  });
  const answers = await openAnswers(publicName, (question) => world.route53.answerQuestion(question));
  const plan = await fillPlan({ ...addressValues(port), dnsPort: answers.server.port });
  const lookup = lookupAt(`127.0.0.1:${answers.server.port}`, publicName);
  const resolve = async (hostname: string) => (hostname === publicName ? (await lookup()).address : undefined);
  const outsideOf = (region: string): Outside => labOutside({ plan, region, resolve, world });
  const runtimeOf = (region: string) =>
    labRuntime({ world, plan, region, clock: systemClock, log: options.log, resolve });

  await equipCloud({ world, plan, runtimeOf });
  seedApplication({ world, plan, regions, ttlSeconds: options.ttlSeconds });
  await armAlarms(plan, world, outsideOf);
  await Promise.all(places.map((place) => untilRunning(regions[place], place)));
  const lag: LagSample[] = [];
  void publishLag({ world, standby: data.standby, lag });
  startSchedules(world, plan);
  const client = await startRemoteClient(spawnClient(workplace), {
    settings: {
      name: publicName,
      dnsServer: `127.0.0.1:${answers.server.port}`,
      ports: { [addresses.primary]: port, [addresses.recovery]: port },
      ordersPerSecond: options.ordersPerSecond,
    },
    onProgress: options.onProgress,
  });
}
