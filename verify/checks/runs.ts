import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { systemClock } from '../../lab/cloud/system-clock.ts';
import { instances } from '../../lab/gameday/data.ts';
import { labRegions } from '../../lab/gameday/lab-regions.ts';
import { publicName } from '../../lab/gameday/public-name.ts';
import { kindOf } from '../../shared/kinds/registry.ts';
import { type Check, ensure } from '../check.ts';
import { type RunBench, region, withRunBench } from '../emulator/run-bench.ts';

export const success: Check = {
  id: 'run-success',
  claim: "A whole run of the packaged functions, interpreted by moto's Step Functions, moves the application",
  run: (bench) =>
    withRunBench(bench, { name: 'success' }, async (run) => {
      const executionArn = await run.start('success');
      await endsAs(run, executionArn, 'SUCCEEDED');
      const effects = eachOnce(run);
      ensure((await desiredTasks(run)) === 2, 'the service was not raised to 2 tasks');
      const weights = await weightsOf(run);
      ensure(weights['recovery'] === 100 && weights['primary'] === 0, `weights are ${JSON.stringify(weights)}`);
      ensure(
        run.gateway.calls.some(({ operation }) => operation === 'Publish'),
        'nobody was told',
      );
      const actions = await acceptedActions(run);
      return `SUCCEEDED; each once: ${effects.join(', ')}; people were told; accepted: ${actions.join(', ')}`;
    }),
};

export const retry: Check = {
  id: 'run-retry',
  claim: 'A TransientError of a packaged function is matched and repeated by the Retry of its state',
  run: (bench) =>
    withRunBench(bench, { name: 'retry' }, async (run) => {
      // As often as the SDK tries a call by itself.
      run.gateway.fail({ operation: 'GetItem', region }, 3);
      const executionArn = await run.start('retry');
      await endsAs(run, executionArn, 'SUCCEEDED');
      const failed = (await run.history(executionArn)).flatMap((event) => event.lambdaFunctionFailedEventDetails ?? []);
      const errors = failed.map(({ error }) => error);
      ensure(errors.includes('TransientError'), `no TransientError in the history, but ${JSON.stringify(errors)}`);
      ensure((await desiredTasks(run)) === 2, 'the service was not raised to 2 tasks');
      return `SUCCEEDED after ${errors.join(', ')}`;
    }),
};

export const refusal: Check = {
  id: 'run-refusal',
  claim: 'A refusal before the promotion leads to Restore, which puts back what was changed',
  run: (bench) => {
    const change: NonNullable<Parameters<typeof withRunBench>[1]['change']> = (plan) => ({
      ...plan,
      policy: { ...plan.policy, approval: 'manual', approvalWithinSeconds: 8 },
    });
    return withRunBench(bench, { name: 'refusal', change }, async (run) => {
      const executionArn = await run.start('refusal');
      const end = await endsAs(run, executionArn, 'FAILED');
      const effects = effectsOf(run.gateway.calls);
      const [raised, putBack] = effects;
      const isAsMeant = effects.length === 2 && raised === putBack && raised === `UpdateService in ${region}`;
      ensure(isAsMeant, `raised and put back was meant, there were: ${effects.join(', ')}`);
      ensure((await desiredTasks(run)) === 1, 'the service was not put back to 1 task');
      return `FAILED as ${end.error}, nobody having approved; raised to 2 tasks and put back to 1; nothing promoted`;
    });
  },
};

export const held: Check = {
  id: 'run-hold',
  claim: 'A run that cannot go on after the promotion is held, and goes on when a person says so',
  run: (bench) => {
    const change: NonNullable<Parameters<typeof withRunBench>[1]['change']> = (plan) => ({
      ...plan,
      pace: { ...plan.pace, stepDeadlineSeconds: 12 },
      policy: { ...plan.policy, hold: { pageEverySeconds: 60, giveUpAfterSeconds: 120 } },
    });
    return withRunBench(bench, { name: 'hold', change }, async (run) => {
      run.shop.setOpen(false);
      const executionArn = await run.start('hold');
      await untilEntered(run, executionArn, 'HoldWait');
      run.shop.setOpen(true);
      const at = systemClock.nowMs();
      const said = { by: 'verify', reason: 'the shop is open again', at, expiresAt: at + 600_000 };
      await run.coordination.directives.record('hold', { type: 'resume', ...said });
      await endsAs(run, executionArn, 'SUCCEEDED');
      const effects = eachOnce(run);
      return `held while the application did not answer; SUCCEEDED after resume; each once: ${effects.join(', ')}`;
    });
  },
};

export const reprotected: Check = {
  id: 'run-reprotect',
  claim: 'After a failover, the packaged reprotect keeps the old primary and builds a replica in its place',
  run: (bench) => {
    const change: NonNullable<Parameters<typeof withRunBench>[1]['change']> = (plan) => ({
      ...plan,
      pace: { ...plan.pace, patienceSeconds: 2 },
      policy: { ...plan.policy, failback: { ...plan.policy.failback, stableSeconds: 5 } },
    });
    return withRunBench(bench, { name: 'reprotect', change }, async (run) => {
      await endsAs(run, await run.start('away'), 'SUCCEEDED');
      const failoverCalls = run.gateway.calls.length;
      await run.observe();
      await endsAs(run, await run.start('protect', 'reprotect'), 'SUCCEEDED');
      const effects = effectsOf(run.gateway.calls.slice(failoverCalls));
      ensure(effects.join() === reprotecting.join(), `other effects than meant: ${effects.join(', ')}`);
      await isKeptAndReplaced(run);
      return `SUCCEEDED; each once: ${effects.join(', ')}; the old primary is there under another name`;
    });
  },
};

/** In this order: to rest, a snapshot, another name, and only then a replica under the old one. */
const reprotecting = ['UpdateService', 'CreateDBSnapshot', 'ModifyDBInstance', 'CreateDBInstanceReadReplica'].map(
  (operation) => `${operation} in ${labRegions.primary}`,
);

async function isKeptAndReplaced({ client }: RunBench): Promise<void> {
  const { DBInstances = [] } = await client(RDSClient, labRegions.primary).send(new DescribeDBInstancesCommand({}));
  const replica = DBInstances.find(({ DBInstanceIdentifier: id }) => id === instances.primary);
  const source = replica?.ReadReplicaSourceDBInstanceIdentifier ?? '';
  ensure(source.endsWith(instances.recovery), `${instances.primary} is a replica of ${source || 'nothing'}`);
  const kept = DBInstances.filter(({ DBInstanceIdentifier: id = '' }) => id.startsWith(`${instances.primary}-`));
  ensure(kept.length === 1, `the old primary was not kept: ${JSON.stringify(DBInstances)}`);
}

async function endsAs(run: RunBench, executionArn: string, status: 'SUCCEEDED' | 'FAILED') {
  const end = await run.ended(executionArn);
  if (end.status !== status) throw await endedOtherwise(run, executionArn, `${end.status} ${end.error ?? ''}`);
  return end;
}

async function endedOtherwise(run: RunBench, executionArn: string, end: string): Promise<Error> {
  const entries = await run.coordination.journal.read(executionArn.split(':').at(-1) ?? '');
  const told = entries.map(({ event, step, why }) => `  ${step} ${event}: ${why}`).join('\n');
  return new Error(`the run ended as ${end}; its journal:\n${told}`);
}

/** How IAM calls a service that signs otherwise. */
const iamNames: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** What the kinds declare and no run with this plan calls. */
const uncalled: ReadonlySet<string> = new Set([
  // Only with `stopSource`, which needs a source without replicas.
  'rds:StopDBInstance',
  'rds:StartDBInstance',
  // Of planned runs only.
  'kms:CreateGrant',
  'kms:DescribeKey',
  'lambda:InvokeFunction',
  'rds:AddTagsToResource',
  'rds:CreateDBInstanceReadReplica',
  'rds:CreateDBSnapshot',
  'rds:DeleteDBInstance',
  'rds:DescribeAccountAttributes',
  'rds:DescribeDBSnapshots',
  'rds:ModifyDBInstance',
  // No call, but a permission that tags in AuthorizeSecurityGroupIngress need.
  'ec2:CreateTags',
]);

/** The actions that the plan's kinds declare, all others of which moto must have taken. */
async function acceptedActions({ gateway, plan, seeding }: RunBench): Promise<readonly string[]> {
  const kinds = await Promise.all([...new Set(plan.resources.map(({ kind }) => kind))].map(kindOf));
  const declared = kinds.flatMap(({ iam }) => iam).filter((action) => !uncalled.has(action));
  // What only puts back is not called in a run that goes well; the same call has built the application.
  const taken = [...seeding, ...gateway.calls].filter(({ status }) => status === 200);
  const accepted = new Set(taken.map(({ operation, service }) => `${iamNames[service] ?? service}:${operation}`));
  const missing = declared.filter((action) => !accepted.has(action));
  ensure(missing.length === 0, `moto was not asked, or did not take: ${missing.join(', ')}`);
  return declared;
}

const mutating: ReadonlySet<string> = new Set([
  'RevokeSecurityGroupIngress',
  'UpdateService',
  'PromoteReadReplica',
  'ChangeResourceRecordSets',
  'CreateDBSnapshot',
  'ModifyDBInstance',
  'CreateDBInstanceReadReplica',
  'DeleteDBInstance',
]);

/** What the functions changed in the application, in order. */
const effectsOf = (calls: RunBench['gateway']['calls']): readonly string[] =>
  calls
    .filter(({ operation, status }) => status === 200 && mutating.has(operation))
    .map(({ operation, region: at }) => `${operation} in ${at}`);

/** Two fences, the capacity, the promotion and the record. */
function eachOnce(run: RunBench): readonly string[] {
  const effects = effectsOf(run.gateway.calls);
  const isOnce = effects.length === 5 && new Set(effects).size === 5;
  ensure(isOnce, `five effects were meant, each once; there were: ${effects.join(', ')}`);
  return effects;
}

async function desiredTasks({ client }: RunBench): Promise<number | undefined> {
  const describe = new DescribeServicesCommand({ cluster: 'shop', services: ['orders'] });
  return (await client(ECSClient, region).send(describe)).services?.[0]?.desiredCount;
}

async function weightsOf({ client, zoneId }: RunBench): Promise<Readonly<Record<string, number | undefined>>> {
  const list = new ListResourceRecordSetsCommand({ HostedZoneId: zoneId });
  const sets = (await client(Route53Client, region).send(list)).ResourceRecordSets ?? [];
  const ours = sets.filter(({ Name }) => Name === `${publicName}.`);
  return Object.fromEntries(ours.map(({ SetIdentifier = '', Weight }) => [SetIdentifier, Weight]));
}

const enterTimeoutMs = 90_000;

async function untilEntered(run: RunBench, executionArn: string, stateName: string): Promise<void> {
  const giveUpAt = performance.now() + enterTimeoutMs;
  for (;;) {
    const entered = (await run.history(executionArn)).map((event) => event.stateEnteredEventDetails?.name);
    if (entered.includes(stateName)) return;
    const { status } = await run.describe(executionArn);
    if (status !== 'RUNNING') throw await endedOtherwise(run, executionArn, `${status} before it came to ${stateName}`);
    ensure(performance.now() < giveUpAt, `the run did not come to ${stateName}, only to ${entered.at(-1)}`);
    await sleep(250);
  }
}
