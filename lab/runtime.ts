import type { Runtime } from '../functions/_lambda.ts';
import { type ClientOptions, clientMaker } from '../shared/aws/client.ts';
import type { Outside } from '../shared/aws/outside.ts';
import { type DryRunPorts, openDryRun } from '../shared/coordination/dry-run.ts';
import { openCoordination } from '../shared/coordination/open.ts';
import type { Plan } from '../shared/domain/plan.ts';
import type { Clock, Log } from '../shared/domain/ports.ts';
import type { MachineId } from '../shared/steps/contract.ts';
import type { LabClock } from './cloud/clock.ts';
import type { Host } from './cloud/host.ts';
import { type Callable, cloudPlugin, type Wire } from './cloud/wire.ts';

export const coordinationTable = 'understudy-coordination';
/** As the stack names them: alike but for the last word. */
export const machineNames: Readonly<Record<MachineId, string>> = {
  failover: 'understudy-failover',
  failback: 'understudy-failback',
  reprotect: 'understudy-reprotect',
};
export const failoverMachine = machineNames.failover;

export interface LabRuntimeOptions {
  readonly world: Callable & { readonly host: Pick<Host, 'account' | 'stopping'> };
  readonly plan: Plan;
  readonly region: string;
  readonly clock: LabClock;
  readonly log: Log;
  /** Stands between an SDK client and the world; default: the client's whole stack, and no retries. */
  readonly plugin?: (wire: Wire) => NonNullable<ReturnType<NonNullable<ClientOptions['plugin']>>>;
  /** HTTP and DNS as a function in this Region has them: real on loopback, or modelled where nothing listens. */
  readonly net: Pick<Outside, 'http' | 'dns'>;
  /** SDK clients that others have made for the same Region; default: new ones. */
  readonly client?: Outside['client'];
}

/** The same runtime as functions/_lambda.ts composes on AWS, over the simulated control plane of one Region. */
export function labRuntime(options: LabRuntimeOptions): Runtime {
  const { log, plan, region, world } = options;
  const clock = stoppable(options.clock, world.host.stopping);
  const outside = labOutside(options);
  const table = { region, tableName: coordinationTable };
  let dryRun: DryRunPorts | undefined;
  return {
    region,
    plans: new Map([[plan.application, plan]]),
    clock,
    log,
    outside,
    coordination: openCoordination(outside, clock, table),
    get dryRun() {
      dryRun ??= openDryRun({ clients: clientsOf(options), net: options.net, clock, ...table });
      return dryRun;
    },
    stateMachineArn: `arn:aws:states:${region}:${world.host.account}:stateMachine:${failoverMachine}`,
  };
}

type Callers = Omit<LabRuntimeOptions, 'clock' | 'log'>;

/** Real SDK clients whose requests end in the simulated cloud. */
export const labOutside = (options: Callers): Outside => ({
  client: options.client ?? clientMaker(clientsOf(options)),
  ...options.net,
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
