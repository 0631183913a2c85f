import type { Plan } from '../../shared/domain/plan.ts';
import type { RunRequest } from '../../shared/domain/run.ts';
import { machineFor } from '../../shared/start/machine-of.ts';
import { type Deps, type Step, StepInput, type StepResult } from '../../shared/steps/contract.ts';
import { detect } from '../../shared/steps/detect.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import { proofIn } from '../../shared/steps/isolation-proof.ts';
import { survey } from '../../shared/steps/survey.ts';
import { loadedPlan } from './loaded-plan.ts';
import type { Draft } from './sample-plan.ts';
import { application, primary, recovery, witnessRegion } from './sample-run.ts';
import { type SmallWorld, smallWorld } from './small-world.ts';

export const replica = { region: recovery.region, instance: 'orders-replica' };
const topicArn = `arn:aws:sns:${recovery.region}:123456789012:shop`;

export interface Shop extends SmallWorld {
  readonly plan: Plan;
  readonly warnings: string[];
  /** What a function stands on, in the recovery Region unless another is given; a new process each time. */
  deps(region?: string): Deps;
  /** One invocation of one step, as the state machine does it. */
  step(step: Step, request?: Partial<RunRequest>, runId?: string, region?: string): Promise<StepResult>;
  /** The journal of a run: which step said what, about which resource. */
  told(runId?: string): Promise<readonly string[]>;
  /** What Isolate has left in the journal of a run. */
  proof(runId?: string): Promise<unknown>;
  alarm(observerRegion: string, state: 'OK' | 'ALARM'): void;
  /** How many tasks are desired in a Region. */
  desired(region: string): number | undefined;
}

/** The application of the sample plan, well and alive: four tasks in the primary, none in the recovery. */
export async function shop(change: (plan: Draft) => void = () => {}): Promise<Shop> {
  const small = smallWorld();
  const { clock, coordinationIn, outsideIn, world } = small;
  const plan = await loadedPlan((draft) => {
    Object.assign(draft.detection, { agreeWithinSeconds: 60, holdSeconds: 0 });
    draft['notifications'] = [{ channel: 'sns', primary: topicArn, recovery: topicArn }];
    change(draft);
  });
  const startedAt = new Date(clock.now()).toISOString();
  const warnings: string[] = [];
  seed(small);
  const deps = (region: string = recovery.region): Deps => ({
    region,
    stateMachineArn: `arn:aws:states:${region}:123456789012:stateMachine:understudy-failover`,
    plans: new Map([[application, plan]]),
    clock,
    log: (level, why) => void (level === 'warn' && warnings.push(why)),
    outside: outsideIn(region),
    coordination: coordinationIn(region),
  });
  const alarm: Shop['alarm'] = (region, StateValue) => {
    const input = { AlarmName: 'shop-primary-fails', StateValue, StateReason: 'test' };
    world.cloudWatch(region).operations.SetAlarmState(input);
  };
  alarm(recovery.region, 'OK');
  alarm(witnessRegion, 'OK');
  return {
    ...small,
    plan,
    warnings,
    deps,
    alarm,
    step: (step, request = {}, runId = 'run-1', region = recovery.region) =>
      step.run(
        StepInput.parse({ ...machineOf(request), runId, startedAt, request: { application, ...request } }),
        deps(region),
      ),
    told: async (runId = 'run-1') =>
      (await coordinationIn(recovery.region).journal.read(runId)).map(({ event, resource, step }) =>
        [step, event, ...(resource === undefined ? [] : [resource])].join(' '),
      ),
    proof: async (runId = 'run-1') => proofIn(await coordinationIn(recovery.region).journal.read(runId)),
    desired: (region) => world.ecs(region).service('shop', 'orders').desiredCount,
  };
}

/** The machine whose runs have that purpose. */
const machineOf = ({ purpose = 'failover' }: Partial<RunRequest>): { readonly machine: string } => ({
  machine: machineFor(purpose, 'failover'),
});

/** A run of the shop, opened and surveyed, after an evaluation while all was well. */
export async function surveyedShop(change?: (plan: Draft) => void): Promise<Shop> {
  const all = await shop(change);
  await evaluate(all.plan, all.deps());
  await all.step(detect);
  await all.step(survey);
  return all;
}

function seed({ clock, substrate, world }: SmallWorld): void {
  // Alarms change only when a test says so.
  world.stop();
  for (const region of [recovery.region, witnessRegion]) {
    world.cloudWatch(region).operations.PutMetricAlarm({
      AlarmName: 'shop-primary-fails',
      Namespace: 'Understudy',
      MetricName: 'ProbeFailed',
      Statistic: 'Maximum',
      Period: 10,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  }
  world.rds(primary.region).seedInstance({ DBInstanceIdentifier: 'orders' });
  const source = `arn:aws:rds:${primary.region}:123456789012:db:orders`;
  world.rds(recovery.region).seedInstance({
    DBInstanceIdentifier: replica.instance,
    ReadReplicaSourceDBInstanceIdentifier: source,
  });
  substrate.seedDatabase(replica, 'standby');
  for (const [region, desiredCount] of [
    [primary.region, 4],
    [recovery.region, 0],
  ] as const) {
    world.ecs(region).seedCluster({ name: 'shop' });
    world.ecs(region).seedService({ cluster: 'shop', name: 'orders', desiredCount });
  }
  world.cloudWatch(recovery.region).operations.PutMetricData({
    Namespace: 'AWS/RDS',
    MetricData: [
      {
        MetricName: 'ReplicaLag',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: replica.instance }],
        Timestamp: new Date(clock.now() - 120_000),
        Value: 0.5,
      },
    ],
  });
  world.sns(recovery.region).seedTopic('shop');
}
