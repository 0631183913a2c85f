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
  /** Of the functions that the machine pins, as the template does; default: it invokes whatever is newest. */
  readonly version?: string;
}

/** What `serverless.yml` deploys to each Region, put into the simulated cloud: the same handlers, the same machine. */
export async function equipCloud(equipment: Equipment): Promise<void> {
  const { plan, world } = equipment;
  const { primary, recovery, witness } = plan.regions;
  world.dynamoDb.seedTable({
    name: coordinationTable,
    partitionKey: 'pk',
    sortKey: 'sk',
    replicas: [primary, recovery],
    witness,
  });
  await deployStack(equipment);
}

/**
 * One deployment: the functions, and the machine that invokes them. An execution that runs keeps the definition that it began
 * with, and so the versions that it pins.
 */
export async function deployStack({ alwaysCold = false, plan, runtimeOf, version, world }: Equipment): Promise<void> {
  const { primary, recovery, witness } = plan.regions;
  const machines = await definitions();
  const common = { runtimeOf, alwaysCold };
  for (const region of [primary, recovery, witness]) {
    registerHandlers(world.lambda, { region, ...common });
    if (version !== undefined) registerHandlers(world.lambda, { region, version, ...common });
  }
  for (const place of places) {
    const region = plan.regions[place];
    const topicArn = world.sns(region).seedTopic(`${plan.application}-failover`);
    const arnOf = (name: string): string => world.lambda.functionArn(region, name, version);
    const functions = Object.keys(handlers).map((name) => [placeholder(name), arnOf(name)]);
    for (const [name, definition] of machines) {
      const filled = filledWith(definition, { ...Object.fromEntries(functions), TopicArn: topicArn });
      world.stepFunctions(region).seedStateMachine({ name, definition: filled });
    }
  }
}

/** By definition, then by what fills it. */
const filledBefore = new Map<string, Map<string, object>>();

/** The same text for the same functions is the same machine, and nobody changes it: many days need it filled once. */
function filledWith(definition: string, substitutions: Readonly<Record<string, string>>): object {
  const known = filledBefore.get(definition) ?? new Map<string, object>();
  filledBefore.set(definition, known);
  const key = JSON.stringify(substitutions);
  const filled = known.get(key) ?? fillDefinition(definition, substitutions);
  known.set(key, filled);
  return filled;
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
    version,
  }: Required<Pick<Equipment, 'alwaysCold' | 'runtimeOf'>> & Pick<Equipment, 'version'> & { readonly region: string },
): void {
  const runtime = runtimeOf(region);
  for (const [name, deployable] of Object.entries(handlers)) {
    const warm = deployable.with(async () => runtime);
    const cold: typeof warm = (event, context) => deployable.with(async () => runtimeOf(region))(event, context);
    const handler = alwaysCold ? cold : warm;
    const pinned = version === undefined ? {} : { version };
    lambda.registerFunction({ region, name, handler, timeoutMs: functionTimeoutMs, ...pinned });
  }
}

/** `flip-dns` → `FlipDnsFunctionArn`, as in the state machine's placeholders. */
export const placeholder = (name: string): string =>
  `${name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}FunctionArn`;
