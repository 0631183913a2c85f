import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import { labOutside } from '../../lab/runtime.ts';
import { openScratch } from '../../shared/coordination/scratch.ts';
import { rehearsalOf } from '../../shared/report/rehearsal.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import { rehearse } from '../../shared/steps/rehearse.ts';
import { failoverSteps } from '../support/failover-steps.ts';
import { effectsOf, effectsOfARecovery, itemsOf, publicAddress, toldBy } from '../support/modelled.ts';

let lab: ModelledLab;
beforeEach(async () => {
  lab = await openModelledLab();
});
afterEach(() => lab.close());

const dryRun = { dryRun: true };

async function rehearsal(runId: string, of = lab) {
  const [run, entries] = await Promise.all([of.dryRuns.lock.run(runId), of.dryRuns.journal.read(runId)]);
  return rehearsalOf({ application: of.plan.application, run, entries });
}

const acts = ({ lines }: Awaited<ReturnType<typeof rehearsal>>) =>
  lines.map(({ data, resource = '', step, would }) =>
    [step, would, resource, data?.call.command ?? ''].join(' ').trim(),
  );

describe('a dry run through the real state machine', () => {
  it('tells every act in its order and lets none of them reach AWS or the application', async () => {
    const { status } = await lab.run('dry-1', dryRun);
    expect(status).toBe('SUCCEEDED');
    expect(effectsOf(lab)).toEqual([]);
    expect(lab.orders.writes).toEqual([]);
    expect(acts(await rehearsal('dry-1'))).toEqual([
      'isolate act orders-service UpdateService',
      'isolate act orders-db-door RevokeSecurityGroupIngress',
      'promote act orders-db PromoteReadReplica',
      'scale already orders-db-door',
      'scale act orders-service UpdateService',
      'verify act orders-transaction POST',
      'flip-dns act orders-dns ChangeResourceRecordSets',
      'confirm act orders-transaction POST',
      'notify act  Publish',
    ]);
    expect(lab.world.troubles).toEqual([]);
  });

  it('sends no mutating call but the writes of its own record and journal', async () => {
    const before = lab.world.history.length;
    await lab.run('dry-1', dryRun);
    const sent = lab.world.history.slice(before).filter(({ mutating }) => mutating);
    const books = sent.map(({ command, input, service }) => {
      const { Item } = input as {
        readonly Item?: { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } };
      };
      return `${service} ${command} ${Item?.pk.S} ${Item?.sk.S.replace(/\d+$/, '')}`;
    });
    expect([...new Set(books)].sort()).toEqual([
      'DynamoDB PutItem dry-run#dry-1 journal#',
      'DynamoDB PutItem dry-run#dry-1 run',
    ]);
    expect(itemsOf(lab).filter((key) => !key.startsWith('dry-run#dry-1 '))).toEqual([]);
  });

  it('names the epoch that a run would get, and neither takes the lock nor raises the epoch', async () => {
    await lab.run('dry-1', dryRun);
    await lab.run('dry-2', dryRun);
    expect((await rehearsal('dry-1')).epoch).toBe(1);
    expect((await rehearsal('dry-2')).epoch).toBe(1);
    expect(await lab.coordination.lock.charge('shop')).toBeUndefined();
    expect(await lab.coordination.lock.run('dry-1')).toBeUndefined();
    expect(await lab.coordination.journal.read('dry-1')).toEqual([]);
  });

  it('says that a step would be done after another, where its facts depend on that', async () => {
    lab.world.ecs(lab.plan.regions.recovery).seedService({ cluster: 'shop', name: 'orders', desiredCount: 0 });
    await lab.clock.sleep(1000);
    const { status } = await lab.run('dry-1', dryRun);
    const { lines, verdict } = await rehearsal('dry-1');
    const verify = lines.find(({ step }) => step === 'verify');
    expect({ status, verdict, would: verify?.would }).toEqual({
      status: 'SUCCEEDED',
      verdict: 'nothing-refused',
      would: 'wait',
    });
    expect(verify?.why).toContain('would be done after');
    expect(verify?.why).toContain('orders-service (scale)');
    expect(verify?.why).toContain('orders-db (promote)');
    expect(lines.map(({ step }) => step)).toContain('flip-dns');
  });

  it('is refused for what a run would be refused for, and tells nobody', async () => {
    lab.world.rds(lab.plan.regions.recovery).patchInstance('orders-recovery', { DBInstanceStatus: 'failed' });
    const { error, status } = await lab.run('dry-1', dryRun);
    const { lines, verdict } = await rehearsal('dry-1');
    expect({ status, error, verdict }).toEqual({ status: 'FAILED', error: 'Stopped', verdict: 'refused' });
    expect(lines.filter(({ would }) => would === 'refuse').map(({ refusal, step }) => [step, refusal])).toEqual([
      ['survey', 'replica-unusable'],
    ]);
    expect(effectsOf(lab)).toEqual([]);
  });

  it.each(['notify', 'detect'])('wakes nobody even when %s fails altogether', async (caller) => {
    const application = caller === 'detect' ? 'unknown' : 'shop';
    lab.world.intercept = (call) =>
      call.caller === caller
        ? Object.assign(new Error('denied'), { name: 'AccessDenied', $fault: 'client' })
        : undefined;
    await lab.run('dry-1', { ...dryRun, application });
    expect(effectsOf(lab)).toEqual([]);
    expect(lab.world.history.filter(({ service }) => service === 'SNS')).toEqual([]);
  });

  it('where a real run that fails in the same way does wake somebody', async () => {
    await lab.run('real-1', { application: 'unknown' });
    expect(effectsOf(lab)).toEqual(['SNS Publish eu-central-1']);
  });
});

describe('a dry run that a person would have to decide about', () => {
  it('is never held: it says so and ends', async () => {
    // Promoted already, so there is no way back, and the way forward is closed.
    await lab.substrate.promoteDatabase({ region: 'eu-central-1', instance: 'orders-recovery' });
    lab.world
      .rds('eu-central-1')
      .patchInstance('orders-recovery', { ReadReplicaSourceDBInstanceIdentifier: undefined });
    const gone = Object.assign(new Error('gone'), {
      name: 'ClusterNotFoundException',
      $fault: 'client',
      $metadata: {},
    });
    lab.world.intercept = ({ command, endpointRegion }) =>
      command === 'DescribeServices' && endpointRegion === 'eu-central-1' ? gone : undefined;
    const { error } = await lab.run('dry-1', dryRun);
    expect(error).toBe('Held');
    expect(effectsOf(lab)).toEqual([]);
  });
});

describe('a real incident during a dry run', () => {
  it('is recovered as if there were no dry run, and the dry run ends', async () => {
    const undisturbed = await openModelledLab();
    await undisturbed.run('real-1');
    lab.start('dry-1', dryRun);
    while ((await lab.dryRuns.journal.read('dry-1')).length < 5) await lab.clock.sleep(5);
    const real = await lab.run('real-1');
    const dry = await lab.ended('dry-1');
    expect(real.status).toBe('SUCCEEDED');
    expect(dry.status).not.toBe('RUNNING');
    expect((await toldBy(lab, 'real-1')).toSorted()).toEqual((await toldBy(undisturbed, 'real-1')).toSorted());
    expect(effectsOf(lab).toSorted()).toEqual(effectsOfARecovery);
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 1 });
    undisturbed.close();
  });

  it('answers a dry run that begins meanwhile that it would be refused, and goes on', async () => {
    lab.start('real-1');
    while ((await lab.coordination.journal.read('real-1')).length < 12) await lab.clock.sleep(5);
    const dry = await lab.run('dry-1', dryRun);
    const real = await lab.ended('real-1');
    expect(dry).toMatchObject({
      error: 'Refused',
      cause: expect.stringMatching(/^dry run: run real-1 is already running/),
    });
    expect(real.status).toBe('SUCCEEDED');
    expect(effectsOf(lab).toSorted()).toEqual(effectsOfARecovery);
    expect(publicAddress(lab)).toEqual(['127.0.2.1']);
  });
});

describe('a rehearsal in one process', () => {
  const inProcess = async () => {
    const { clock, orders, plan, world } = lab;
    const region = plan.regions.recovery;
    const deps = {
      region,
      stateMachineArn: 'failover',
      plans: new Map([[plan.application, plan]]),
      clock,
      log: () => undefined,
      outside: lab.leashed,
      coordination: openScratch(clock, region),
    };
    await evaluate(plan, deps);
    const before = world.history.length;
    const request = {
      application: 'shop',
      trigger: 'manual',
      reason: 'rehearsal',
      dryRun: true,
    } as const;
    const startedAt = new Date(clock.now()).toISOString();
    const result = await rehearse({ machine: 'failover', runId: 'rehearsal', startedAt, request }, deps);
    const { journal, lock } = deps.coordination;
    const [run, entries] = [await lock.run('rehearsal'), await journal.read('rehearsal')];
    const mutating = world.history.slice(before).filter((call) => call.mutating);
    return { result, entries, mutating, told: rehearsalOf({ application: 'shop', run, entries }), orders };
  };

  it('says the same as the state machine and writes nothing anywhere', async () => {
    await lab.run('dry-1', dryRun);
    const { mutating, told } = await inProcess();
    expect(mutating).toEqual([]);
    expect(lab.orders.writes).toEqual([]);
    // Within a phase the order is that of the answers.
    expect(acts(told).toSorted()).toEqual(acts(await rehearsal('dry-1')).toSorted());
  });

  it('runs every step but Restore and Hold, in the order of a run', async () => {
    const { entries, result } = await inProcess();
    const ran = entries.filter(({ event }) => event === 'run-opened' || event === 'step-started');
    expect(ran.map(({ step }) => step)).toEqual(failoverSteps);
    expect(result.status).toBe('settled');
  });

  it('stops at a refusal, as a run does', async () => {
    lab.world.rds(lab.plan.regions.recovery).patchInstance('orders-recovery', { DBInstanceStatus: 'failed' });
    const { entries, result } = await inProcess();
    expect(result).toMatchObject({ step: 'survey', refusal: 'replica-unusable' });
    expect(entries.at(-1)).toMatchObject({ step: 'restore', event: 'step-finished' });
  });
});

it('the same outside without the leash does reach AWS, so the counts above mean something', async () => {
  const outside = labOutside({ world: lab.world, plan: lab.plan, region: lab.plan.regions.recovery, net: lab.orders });
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const TopicArn = `arn:aws:sns:eu-central-1:${lab.world.host.account}:shop-failover`;
  await outside.client(SNSClient, 'eu-central-1').send(new PublishCommand({ TopicArn, Message: 'test' }));
  expect(effectsOf(lab)).toEqual(['SNS Publish eu-central-1']);
});
