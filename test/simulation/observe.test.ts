import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import { labRuntime } from '../../lab/runtime.ts';
import { Leashed } from '../../shared/domain/leashed.ts';
import { effectsOf, itemsOf, publicAddress } from '../support/modelled.ts';

const observing = { trigger: 'alarm', from: 'primary', reason: 'alarm shop-primary-fails', dryRun: true } as const;

let lab: ModelledLab;
beforeEach(async () => {
  lab = await openModelledLab();
  setAlarms('ALARM');
});
afterEach(() => lab.close());

/** One kind in each observer's Region. */
function setAlarms(StateValue: 'OK' | 'ALARM'): void {
  const { recovery, witness } = lab.plan.regions;
  for (const [region, AlarmName] of [
    [recovery, 'shop-primary-fails'],
    [witness, 'shop-users-fail'],
  ] as const) {
    lab.world.cloudWatch(region).operations.PutMetricAlarm({
      AlarmName,
      Namespace: 'test',
      MetricName: 'never-published',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    });
    lab.world.cloudWatch(region).operations.SetAlarmState({ AlarmName, StateValue, StateReason: 'test' });
  }
}

const messages = () => lab.world.history.filter(({ command }) => command === 'Publish').map(({ input }) => input);

describe('a run that an alarm has started where the plan only observes', () => {
  it('tells people what it would have done, and that nothing was', async () => {
    const { status } = await lab.run('observed-1', observing);
    expect(status).toBe('SUCCEEDED');
    expect(messages()).toEqual([
      expect.objectContaining({
        TopicArn: expect.stringContaining('shop-failover'),
        Subject: 'NOTHING CHANGED: shop would have failed over to eu-central-1',
        Message: expect.stringMatching(/nothing was changed.+promote orders-recovery.+A run would not be refused now/s),
      }),
    ]);
  });

  it('sends no other mutating call than that message and its own books', async () => {
    const before = lab.world.history.length;
    await lab.run('observed-1', observing);
    const sent = lab.world.history.slice(before).filter(({ mutating }) => mutating);
    const others = sent.filter(({ input, service }) => {
      const { Item } = input as { readonly Item?: { readonly pk: { readonly S: string } } };
      return !(service === 'DynamoDB' && Item?.pk.S.startsWith('dry-run#'));
    });
    expect(others.map(({ caller, command }) => `${caller} ${command}`)).toEqual(['notify Publish']);
    expect(effectsOf(lab)).toEqual(['SNS Publish eu-central-1']);
    expect(lab.orders.writes).toEqual([]);
    expect(publicAddress(lab)).toEqual(['127.0.1.1']);
    expect(itemsOf(lab).filter((key) => !key.startsWith('dry-run#'))).toEqual([]);
  });

  it('tells why a failover would have been refused', async () => {
    lab.world.rds(lab.plan.regions.recovery).patchInstance('orders-recovery', { DBInstanceStatus: 'failed' });
    await lab.run('observed-1', observing);
    expect(messages()).toEqual([
      expect.objectContaining({
        Subject: 'NOTHING CHANGED: shop failover to eu-central-1 would have been refused',
        Message: expect.stringContaining('REFUSED replica-unusable'),
      }),
    ]);
  });

  it('tells of one incident once, however many alarms it sets off, and of the next one again', async () => {
    await lab.run('observed-1', observing);
    expect(await lab.run('observed-2', observing)).toMatchObject({ error: 'Refused' });
    expect(messages().length).toBe(1);
    const { coolDownSeconds, takeOverAfterSeconds } = lab.plan.policy;
    await lab.clock.sleep(Math.max(coolDownSeconds, takeOverAfterSeconds) * 1000 + 1);
    await lab.run('observed-3', observing);
    expect(messages().length).toBe(2);
  });

  it('tells nobody when the signals do not agree', async () => {
    setAlarms('OK');
    expect(await lab.run('observed-1', observing)).toMatchObject({ error: 'Refused' });
    expect(messages()).toEqual([]);
  });

  it('holds no real run up', async () => {
    await lab.run('observed-1', observing);
    expect((await lab.run('real-1')).status).toBe('SUCCEEDED');
  });
});

it('a dry run that a person has started still tells nobody', async () => {
  await lab.run('dry-1', { dryRun: true });
  expect(messages()).toEqual([]);
});

it('the way to people that stays open lets nothing else through', async () => {
  const { clock, orders: net, plan, world } = lab;
  const { toPeople } = labRuntime({ world, plan, region: 'eu-central-1', clock, log: () => undefined, net }).dryRun;
  const scale = new UpdateServiceCommand({ cluster: 'shop', service: 'orders', desiredCount: 0 });
  await expect(toPeople.client(ECSClient, 'eu-central-1').send(scale)).rejects.toThrow(Leashed);
  await expect(toPeople.http({ method: 'POST', url: 'http://127.0.2.1/orders', timeoutMs: 10 })).rejects.toThrow(
    Leashed,
  );
});

it('the trigger starts such a run when the plan says so', async () => {
  lab.close();
  lab = await openModelledLab({ change: (plan) => ({ ...plan, policy: { ...plan.policy, mode: 'observe' } }) });
  setAlarms('ALARM');
  const { recovery } = lab.plan.regions;
  const event = {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    region: recovery,
    resources: [`arn:aws:cloudwatch:${recovery}:123456789012:alarm:shop-primary-fails`],
    detail: {
      alarmName: 'shop-primary-fails',
      state: { value: 'ALARM', timestamp: new Date(lab.clock.now()).toISOString() },
    },
  };
  const started = await lab.world.lambda.invoke({ region: recovery, functionName: 'trigger', payload: event });
  const { name } = started as { readonly name: string };
  expect((await lab.ended(name)).status).toBe('SUCCEEDED');
  expect(effectsOf(lab)).toEqual(['SFN StartExecution eu-central-1', 'SNS Publish eu-central-1']);
});
