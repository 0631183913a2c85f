import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import * as z from 'zod';
import { clientMaker } from '../shared/aws/client.ts';
import type { Outside } from '../shared/aws/outside.ts';
import type { DryRunPorts } from '../shared/coordination/dry-run.ts';
import { isFailure, TerminalError } from '../shared/domain/errors.ts';
import { metricFields, metrics } from '../shared/domain/metric.ts';
import type { Plan } from '../shared/domain/plan.ts';
import type { Clock, Log } from '../shared/domain/ports.ts';
import type { Instant } from '../shared/domain/run.ts';
import { redacted } from '../shared/domain/secrets.ts';
import { type Deps, type Step, StepInput, type StepResult } from '../shared/steps/contract.ts';
import { dryRunStep } from '../shared/steps/dry-run.ts';
import { warmStep } from '../shared/steps/warm-step.ts';

/** The composition root: the one place that knows the environment, the real clock, the clients and middy. */
export interface Runtime extends Deps {
  /** What a dry run stands on instead: the same reads, every mutating call on a leash. */
  readonly dryRun: DryRunPorts;
}

export type Handler<Result> = (event: unknown, context: object) => Promise<Result>;

/** What Lambda calls; `with` gives the same handler another runtime, as the lab and the simulator need. */
export type Deployable<Result> = Handler<Result> & {
  readonly with: (compose: () => Promise<Runtime>) => Handler<Result>;
};

/** A Lambda handler for one step of the state machine. */
export const onStep = (step: Step): Deployable<StepResult> =>
  onEvent((event, runtime) => {
    const input = parsed(StepInput, event);
    if (input.warm === true) return warmStep(step, input, runtime);
    if (input.request.dryRun === true) return dryRunStep(step, input, dryDeps(runtime, input));
    return step.run(input, runtime);
  });

/** A dry run that an alarm has started is one that only observes (`policy.mode`): of that, people are told. */
function dryDeps({ dryRun, ...runtime }: Runtime, { request }: StepInput): Deps {
  const { toPeople, ...ports } = dryRun;
  return { ...runtime, ...ports, ...(request.trigger === 'alarm' ? { toPeople } : {}) };
}

/** A Lambda handler for any event. The runtime is composed once per process, at the first event. */
export function onEvent<Result>(handle: (event: unknown, runtime: Runtime) => Promise<Result>): Deployable<Result> {
  const withRuntime = (compose: () => Promise<Runtime>): Handler<Result> => {
    const runtime = once(compose);
    const handler = middy<unknown, Result>({ timeoutEarlyInMillis: 0 })
      .handler(async (event) => handle(event, await runtime()))
      .onError(async ({ context, error, event }) => {
        const { clock, log } = await runtime();
        const metric = troubleOf(error, context, clock.now());
        log('error', error?.message ?? 'unknown error', { error: error?.name, stack: error?.stack, event, ...metric });
      });
    return (event, context) => handler(event, context as Parameters<typeof handler>[1]);
  };
  return Object.assign(withRuntime(fromEnvironment), { with: withRuntime });
}

/** Counted by function and by error: few names, since every pair of them is a metric of its own. */
function troubleOf(error: unknown, context: unknown, at: Instant): Readonly<Record<string, unknown>> {
  const { functionName = 'unknown' } = context as { readonly functionName?: string };
  const name = isFailure(error) ? error.name : 'Bug';
  const trouble = isFailure(error) && error.code === malformedEvent ? malformedEvent : name;
  const dimensions = { Function: functionName, Error: trouble };
  return metricFields({ at, dimensions, name: metrics.trouble, value: 1 });
}

const malformedEvent = 'MalformedEvent';

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** @throws TerminalError naming every field that is wrong */
export function parsed<T>(schema: z.ZodType<T>, event: unknown): T {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw new TerminalError(`malformed event: ${z.prettifyError(result.error)}`, { code: malformedEvent });
}

const Environment = z.object({
  AWS_REGION: z.string().min(1),
  UNDERSTUDY_TABLE: z.string().min(1),
  UNDERSTUDY_PLANS: z.string().min(1).describe('path of the JSON file with the validated plans'),
  UNDERSTUDY_STATE_MACHINE_ARN: z.string().min(1),
});

async function fromEnvironment(): Promise<Runtime> {
  const environment = parsed(Environment, process.env);
  const region = environment.AWS_REGION;
  const [plans, net, { openCoordination }, { openDryRun }] = await Promise.all([
    plansFrom(environment.UNDERSTUDY_PLANS),
    // The SDK and TLS are most of what there is to load: docs/adr/0022-what-a-function-loads.md says why here.
    import('../shared/aws/net.ts').then(({ systemNet }) => systemNet()),
    import('../shared/coordination/open.ts'),
    import('../shared/coordination/dry-run.ts'),
  ]);
  const callTimeoutMs = 1000 * Math.max(...plans.map(({ pace }) => pace.callTimeoutSeconds));
  const clients = { callTimeoutMs, maxAttempts: 3 };
  const outside: Outside = { client: clientMaker(clients), ...net };
  const table = { region, tableName: environment.UNDERSTUDY_TABLE };
  return {
    region,
    plans: new Map(plans.map((plan) => [plan.application, plan])),
    clock: systemClock,
    log: jsonLog,
    outside,
    coordination: openCoordination(outside, systemClock, table),
    dryRun: openDryRun({ clients, net, clock: systemClock, ...table }),
    stateMachineArn: environment.UNDERSTUDY_STATE_MACHINE_ARN,
  };
}

/** Validated when the functions were built (deploy/bundles.ts), so that nothing is checked or fetched in a disaster. */
const plansFrom = async (path: string): Promise<readonly Plan[]> => JSON.parse(await readFile(path, 'utf8'));

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(Math.max(0, ms)) };

const jsonLog: Log = (level, why, fields) => {
  process.stdout.write(`${redacted(JSON.stringify({ level, why, ...fields }))}\n`);
};
