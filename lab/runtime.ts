import type { Runtime } from '../functions/_lambda.ts';
import { type ClientOptions, clientMaker } from '../shared/aws/client.ts';
import { systemNet } from '../shared/aws/net.ts';
import type { Outside } from '../shared/aws/outside.ts';
import { openDryRun } from '../shared/coordination/dry-run.ts';
import { openCoordination } from '../shared/coordination/open.ts';
import type { Plan } from '../shared/domain/plan.ts';
import type { Clock, Log } from '../shared/domain/ports.ts';
import type { LabClock } from './cloud/clock.ts';
import { cloudPlugin, type Wire } from './cloud/wire.ts';
import type { World } from './cloud/world.ts';

export const coordinationTable = 'understudy-coordination';
export const failoverMachine = 'understudy-failover';

export interface LabRuntimeOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly region: string;
  readonly clock: LabClock;
  readonly log: Log;
  /** Addresses of public names, as the lab's own DNS answers them. */
  readonly resolve?: (hostname: string) => Promise<string | undefined>;
  /** Stands between an SDK client and the world; default: the client's whole stack, and no retries. */
  readonly plugin?: (wire: Wire) => NonNullable<ReturnType<NonNullable<ClientOptions['plugin']>>>;
  /** Stands for HTTP and DNS where nothing listens (lab/modelled/). Default: loopback. */
  readonly net?: Pick<Outside, 'http' | 'dns'>;
}

/** The same runtime as functions/_lambda.ts composes on AWS, over the simulated control plane of one Region. */
export function labRuntime(options: LabRuntimeOptions): Runtime {
  const { log, plan, region, world } = options;
  const clock = stoppable(options.clock, world.host.stopping);
  const outside = labOutside(options);
  const table = { region, tableName: coordinationTable };
  return {
    region,
    plans: new Map([[plan.application, plan]]),
    clock,
    log,
    outside,
    coordination: openCoordination(outside, clock, table),
    dryRun: openDryRun({ clients: clientsOf(options), net: netOf(options), clock, ...table }),
    stateMachineArn: `arn:aws:states:${region}:${world.host.account}:stateMachine:${failoverMachine}`,
  };
}

type Callers = Omit<LabRuntimeOptions, 'clock' | 'log'>;

/** Real SDK clients whose requests end in the simulated cloud; real HTTP and DNS on loopback. */
export const labOutside = (options: Callers): Outside => ({
  client: clientMaker(clientsOf(options)),
  ...netOf(options),
});

function clientsOf({ plan, plugin, region, world }: Callers): ClientOptions {
  const callTimeoutMs = plan.pace.callTimeoutSeconds * 1000;
  return {
    callTimeoutMs,
    maxAttempts: 1,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    plugin: (endpointRegion) => {
      const wire = { callerRegion: region, endpointRegion, timeoutMs: callTimeoutMs };
      return plugin?.(wire) ?? cloudPlugin(world, wire);
    },
  };
}

const netOf = ({ net, resolve }: Callers): Pick<Outside, 'http' | 'dns'> =>
  net ?? systemNet(resolve === undefined ? {} : { resolve });

/** When the world stops, whatever sleeps is abandoned where it is, like the functions of a Region that dies. */
function stoppable(clock: LabClock, stopping: AbortSignal): Clock {
  return {
    now: () => clock.nowMs(),
    async sleep(ms) {
      await clock.sleep(Math.max(0, ms), stopping);
      if (stopping.aborted) await new Promise<never>(() => undefined);
    },
  };
}
