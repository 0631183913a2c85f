import { readFile } from 'node:fs/promises';
import type { Runtime } from '../../functions/_lambda.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { places } from '../../shared/domain/run.ts';
import { type MachineId, machineIds } from '../../shared/steps/contract.ts';
import { fillDefinition } from '../asl/definition.ts';
import type { Lambda } from '../cloud/lambda.ts';
import type { World } from '../cloud/world.ts';
import { handlers } from '../functions.ts';
import { coordinationTable, machineNames } from '../runtime.ts';

/** A function of the lab may take as long as the longest patience of the plan; Lambda's own limit is 15 minutes. */
export const functionTimeoutMs = 60_000;

export interface Equipment {
  readonly world: World;
  readonly plan: Plan;
  /** The runtime of the functions in one Region. */
  readonly runtimeOf: (region: string) => Runtime;
  /** Every invocation is a new process that remembers nothing: what a function keeps in memory must not matter. */
  readonly alwaysCold?: boolean;
}

/** What `serverless.yml` deploys to each Region, put into the simulated cloud: the same handlers, the same machine. */
export async function equipCloud({ alwaysCold = false, plan, runtimeOf, world }: Equipment): Promise<void> {
  const { primary, recovery, witness } = plan.regions;
  world.dynamoDb.seedTable({
    name: coordinationTable,
    partitionKey: 'pk',
    sortKey: 'sk',
    replicas: [primary, recovery],
    witness,
  });
  const machines = await definitions();
  for (const region of [primary, recovery, witness]) registerHandlers(world.lambda, { region, runtimeOf, alwaysCold });
  for (const place of places) {
    const region = plan.regions[place];
    const topicArn = world.sns(region).seedTopic(`${plan.application}-failover`);
    const functions = Object.keys(handlers).map((name) => [placeholder(name), world.lambda.functionArn(region, name)]);
    for (const [name, definition] of machines) {
      const filled = fillDefinition(definition, { ...Object.fromEntries(functions), TopicArn: topicArn });
      world.stepFunctions(region).seedStateMachine({ name, definition: filled });
    }
  }
}

let read: Promise<ReadonlyMap<string, string>> | undefined;

/** The definitions of statemachines/ by the names of the machines. Read once: nothing may wait for a file once modelled time runs. */
export function definitions(): Promise<ReadonlyMap<string, string>> {
  read ??= Promise.all(machineIds.map(readDefinition)).then((all) => new Map(all));
  return read;
}

async function readDefinition(id: MachineId): Promise<readonly [string, string]> {
  const text = await readFile(new URL(`../../statemachines/${id}.asl.json`, import.meta.url), 'utf8');
  return [machineNames[id], text];
}

/** The handlers as the functions of one Region. */
export function registerHandlers(
  lambda: Pick<Lambda, 'registerFunction'>,
  {
    alwaysCold,
    region,
    runtimeOf,
  }: Required<Pick<Equipment, 'alwaysCold' | 'runtimeOf'>> & { readonly region: string },
): void {
  const runtime = runtimeOf(region);
  for (const [name, deployable] of Object.entries(handlers)) {
    const warm = deployable.with(async () => runtime);
    const cold: typeof warm = (event, context) => deployable.with(async () => runtimeOf(region))(event, context);
    const handler = alwaysCold ? cold : warm;
    lambda.registerFunction({ region, name, handler, timeoutMs: functionTimeoutMs });
  }
}

/** `flip-dns` → `FlipDnsFunctionArn`, as in the state machine's placeholders. */
export const placeholder = (name: string): string =>
  `${name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}FunctionArn`;
