import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import * as z from 'zod';
import { clientMaker } from '../shared/aws/client.ts';
import { systemNet } from '../shared/aws/net.ts';
import type { Outside } from '../shared/aws/outside.ts';
import { type DryRunPorts, openDryRun } from '../shared/coordination/dry-run.ts';
import { openCoordination } from '../shared/coordination/open.ts';
import { TerminalError } from '../shared/domain/errors.ts';
import type { Plan } from '../shared/domain/plan.ts';
import type { Clock, Log } from '../shared/domain/ports.ts';
import { type Deps, type Step, StepInput, type StepResult } from '../shared/steps/contract.ts';
import { dryRunStep } from '../shared/steps/dry-run.ts';

/** The composition root: the one place that knows the environment, the real clock, the clients and middy. */
export interface Runtime extends Deps {
  /** The failover machine in this Region. */
  readonly stateMachineArn: string;
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
      .onError(async ({ error, event }) => {
        const { log } = await runtime();
        log('error', error?.message ?? 'unknown error', { error: error?.name, stack: error?.stack, event });
      });
    return (event, context) => handler(event, context as Parameters<typeof handler>[1]);
  };
  return Object.assign(withRuntime(fromEnvironment), { with: withRuntime });
}

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
  throw new TerminalError(`malformed event: ${z.prettifyError(result.error)}`, { code: 'MalformedEvent' });
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
  // Validated when the functions were built (tools/bundle-plans.ts), so that nothing is checked or fetched in a disaster.
  const plans: readonly Plan[] = JSON.parse(await readFile(environment.UNDERSTUDY_PLANS, 'utf8'));
  const callTimeoutMs = 1000 * Math.max(...plans.map(({ pace }) => pace.callTimeoutSeconds));
  const clients = { callTimeoutMs, maxAttempts: 3 };
  const net = systemNet();
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

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(Math.max(0, ms)) };

const jsonLog: Log = (level, why, fields) => {
  process.stdout.write(`${JSON.stringify({ level, why, ...fields })}\n`);
};
