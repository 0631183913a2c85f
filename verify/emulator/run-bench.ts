import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Route53Client } from '@aws-sdk/client-route-53';
import type { LambdaContext } from '../../lab/cloud/lambda.ts';
import { systemClock } from '../../lab/cloud/system-clock.ts';
import { fillPlan } from '../../lab/gameday/fill-plan.ts';
import { labRegions } from '../../lab/gameday/lab-regions.ts';
import { addresses } from '../../lab/gameday/orders-address.ts';
import { publicName } from '../../lab/gameday/public-name.ts';
import { coordinationTable } from '../../lab/runtime.ts';
import { startSandbox } from '../../lab/sandbox/sandbox.ts';
import { type FunctionPlace, makeSandboxes, type Sandboxes } from '../../lab/sandbox/sandboxes.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import { type Bench, ensure } from '../check.ts';
import { account } from '../substitutions.ts';
import { type SeededApplication, seedMoto } from './application.ts';
import { clientsAt, type MakeClient, outsideAt } from './aws.ts';
import { type Executions, executionsIn } from './executions.ts';
import { type FunctionAnswer, type Gateway, openGateway, type PassedCall } from './gateway.ts';
import { startMoto } from './moto.ts';
import { openNameServer } from './name-server.ts';
import { openShop, type Shop } from './shop.ts';

/** moto with the lab's application in it, and the packaged functions behind its Lambda. */
export interface RunBench extends Executions {
  readonly gateway: Gateway;
  readonly shop: Shop;
  readonly client: MakeClient;
  readonly coordination: Coordination;
  readonly zoneId: string;
  readonly plan: Plan;
  /** The calls that built the application, before the run. */
  readonly seeding: readonly PassedCall[];
  /** Lets the packaged probe of the primary Region look for as long as a planned run wants that to be well. */
  observe(): Promise<void>;
}

export const region = labRegions.recovery;

const functionTimeoutMs = 60_000;

/** What differs between the runs. */
export interface RunOptions {
  readonly name: string;
  readonly change?: (plan: Plan) => Plan;
}

/** Opens everything, lets `use` play one run, and closes everything whatever happened. */
export async function withRunBench<T>(
  bench: Bench,
  options: RunOptions,
  use: (run: RunBench) => Promise<T>,
): Promise<T> {
  await using opened = new AsyncDisposableStack();
  // Awaited here: the end of this scope closes everything.
  return await use(await open(bench, options, opened));
}

async function open(bench: Bench, options: RunOptions, opened: AsyncDisposableStack): Promise<RunBench> {
  const shop = await openShop(addresses.recovery, region);
  opened.defer(() => shop.close());
  const names = await openNameServer();
  opened.defer(() => names.close());
  let functions: Sandboxes | undefined;
  const gateway = await openGateway({
    invoke: async (functionName, event) => {
      ensure(functions !== undefined, 'a function was called before there were any');
      return invoke(functions, { region, functionName }, event);
    },
  });
  opened.defer(() => gateway.close());
  const moto = await startMoto(bench, gateway.port);
  opened.defer(() => moto.end());
  gateway.passTo(moto.port);
  const endpoint = `http://127.0.0.1:${gateway.port}`;
  const client = clientsAt(endpoint);
  const seeded = await seedMoto({ client, addresses, machines: bench.packaged.machines });
  const { machineArns, zoneId } = seeded;
  const stateMachineArn = machineArns.failover;
  names.follow(client(Route53Client, region), zoneId);
  const plan = await planOf({ ...seeded, shopPort: shop.port, dnsPort: names.port }, options);
  functions = await openFunctions(bench, { plan, endpoint, stateMachineArn, dnsPort: names.port, name: options.name });
  opened.defer(async () => functions?.close());
  const evaluated = await invoke(functions, { region, functionName: 'evaluate' }, { application: plan.application });
  ensure(!evaluated.failed, `evaluate failed: ${JSON.stringify(evaluated.payload)}`);
  // From here on, only the run calls.
  const seeding = gateway.calls.splice(0);
  const at = { region, tableName: coordinationTable };
  const coordination = openCoordination(outsideAt(endpoint), clock, at);
  return {
    gateway,
    shop,
    client,
    coordination,
    zoneId,
    plan,
    seeding,
    observe: () => observeFrom(functions, plan),
    ...executionsIn(client, machineArns),
  };
}

const clock = { now: () => systemClock.nowMs(), sleep: (ms: number) => systemClock.sleep(ms) };

type PlanValues = Omit<SeededApplication, 'machineArns'> & { readonly shopPort: number; readonly dnsPort: number };

/** The lab's plan at the pace of an emulator in Python. */
async function planOf(
  { dnsPort, securityGroups, shopPort, zoneId }: PlanValues,
  { change = (same) => same }: RunOptions,
): Promise<Plan> {
  const values = { ordersPort: shopPort, dnsPort, ttlSeconds: 1, withLease: false };
  const { primary: primaryAddress, recovery: recoveryAddress } = addresses;
  const plan = await fillPlan({ ...values, primaryAddress, recoveryAddress });
  const written = JSON.stringify(plan)
    .replaceAll('Z0SHOPTEST', zoneId)
    .replaceAll('sg-00000000000000001', securityGroups.primary)
    .replaceAll('sg-00000000000000002', securityGroups.recovery);
  const inMoto = JSON.parse(written) as Plan;
  const isolation = { ...inMoto.policy.isolation, patienceSeconds: 5 };
  const pace = {
    ...inMoto.pace,
    pollSeconds: 0.1,
    visibilitySeconds: 5,
    callTimeoutSeconds: 10,
    stepDeadlineSeconds: 60,
  };
  return change({ ...inMoto, pace, policy: { ...inMoto.policy, isolation } });
}

interface FunctionOptions {
  readonly plan: Plan;
  readonly endpoint: string;
  readonly stateMachineArn: string;
  readonly dnsPort: number;
  readonly name: string;
}

async function openFunctions({ packaged, workplace }: Bench, options: FunctionOptions): Promise<Sandboxes> {
  const plans = join(workplace.dir('plans'), `${options.name}.json`);
  await writeFile(plans, JSON.stringify([options.plan]));
  const env = {
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_ACCESS_KEY_ID: 'verify',
    AWS_SECRET_ACCESS_KEY: 'verify',
    LAB_RESOLVER: `${publicName}@127.0.0.1:${options.dnsPort}`,
    UNDERSTUDY_TABLE: coordinationTable,
    UNDERSTUDY_PLANS: plans,
    UNDERSTUDY_STATE_MACHINE_ARN: options.stateMachineArn,
  };
  return makeSandboxes((place) =>
    startSandbox({
      ...place,
      workplace,
      env,
      entry: packaged.bundles.entryOf(place.functionName),
      log: () => undefined,
    }),
  );
}

async function observeFrom(functions: Sandboxes, { application, policy }: Plan): Promise<void> {
  const event = { application, durationSeconds: policy.failback.stableSeconds + 1 };
  const seen = await invoke(functions, { region: labRegions.primary, functionName: 'probe' }, event);
  ensure(!seen.failed, `probe failed: ${JSON.stringify(seen.payload)}`);
}

/** Like Lambda, a function's error is an answer. */
async function invoke(functions: Sandboxes, place: FunctionPlace, event: unknown): Promise<FunctionAnswer> {
  const deadlineAt = systemClock.nowMs() + functionTimeoutMs;
  const context: LambdaContext = {
    functionName: place.functionName,
    awsRequestId: crypto.randomUUID(),
    invokedFunctionArn: `arn:aws:lambda:${place.region}:${account}:function:${place.functionName}`,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - systemClock.nowMs()),
  };
  try {
    return { payload: await functions.invoke(place, event, context), failed: false };
  } catch (error) {
    const { message, name } = error instanceof Error ? error : new Error(String(error));
    return { payload: { errorType: name, errorMessage: message }, failed: true };
  }
}
