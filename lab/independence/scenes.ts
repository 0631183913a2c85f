import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import type { Path } from '../checkers/path-rules.ts';
import type { ApiCall } from '../cloud/history.ts';
import { instances } from '../gameday/data.ts';
import { addresses } from '../gameday/orders-address.ts';
import { type Traffic, traffics } from '../gameday/traffics.ts';
import { type ModelledLab, openModelledLab } from '../modelled/modelled-lab.ts';

/** All that the steps of one run have asked of AWS, and which way the run went. */
export interface Walked {
  readonly scene: string;
  readonly path: Path;
  readonly calls: readonly ApiCall[];
  /** URLs of the application in the Region being left that were asked. */
  readonly urlsLeft: readonly string[];
  /** How the execution ended; a scene that did not end as it should has not walked what it was to walk. */
  readonly ended: string;
  readonly shouldEnd: string;
}

/**
 * Whole runs through the deployed machine and handlers, in virtual time: by every way to move traffic, in both directions,
 * with the Region being left alive and dead, and with the way back of a run that is refused at its end.
 */
export async function walkScenes(): Promise<readonly Walked[]> {
  const walked: Walked[] = [];
  for (const traffic of traffics) {
    walked.push(...(await thereAndBack(traffic, 'alive')), ...(await thereAndBack(traffic, 'dead')));
    walked.push(await refusedAtItsEnd(traffic));
  }
  return [...walked, await heldAfterPromotion(), await notApproved(), await sourceStopped(), await consumersMoved()];
}

const settings = { healthCheckTimeScale: 0.01 } as const;

async function thereAndBack(traffic: Traffic, left: 'alive' | 'dead'): Promise<readonly Walked[]> {
  // The way back follows at once.
  const change = (plan: Plan): Plan => ({ ...plan, policy: { ...plan.policy, coolDownSeconds: 0 } });
  const lab = await openModelledLab({ traffic, settings, change });
  const { primary, recovery } = lab.plan.regions;
  // Two of five endpoints rest, as AWS says they may: so the others are tried, wherever they are.
  if (left === 'alive') lab.world.routingControls.resting.add('ap-northeast-1').add('ap-southeast-2');
  const there = await play(lab, { scene: `${traffic}: there, ${left}`, from: 'primary' }, async () => {
    if (left === 'dead') lab.world.loseRegion(primary);
    return byAlarm(lab);
  });
  lab.world.restoreRegion(primary);
  standbyIn(lab, 'primary');
  const back = await play(lab, { scene: `${traffic}: back, ${left}`, from: 'recovery' }, async () => {
    if (left === 'dead') lab.world.loseRegion(recovery);
    return (await lab.run('back', { from: 'recovery' }, primary)).status;
  });
  lab.close();
  return [there, back];
}

/** Nothing is promoted, and the public name leads nowhere: Confirm gives up, and Restore puts everything back. */
async function refusedAtItsEnd(traffic: Traffic): Promise<Walked> {
  const change = (plan: Plan): Plan => ({
    ...plan,
    pace: { ...plan.pace, stepDeadlineSeconds: 8 },
    resources: plan.resources
      .filter(({ kind }) => kind !== 'rds-read-replica')
      .map((one) =>
        one.kind === 'http-transaction'
          ? { ...one, spec: { ...(one.spec as object), publicUrl: 'http://nowhere.shop.test' } }
          : one,
      ),
  });
  const lab = await openModelledLab({ traffic, settings, change });
  lab.substrate.seedDatabase({ region: lab.plan.regions.recovery, instance: instances.recovery }, 'writer');
  const scene = { scene: `${traffic}: refused at its end`, from: 'primary', shouldEnd: 'FAILED' } as const;
  const walked = await play(lab, scene, async () => (await lab.run('refused')).status);
  lab.close();
  return walked;
}

/** Verify never succeeds, so the run is held, pages people, and gives up. */
async function heldAfterPromotion(): Promise<Walked> {
  const hold = { pageEverySeconds: 5, giveUpAfterSeconds: 20 };
  const change = (plan: Plan): Plan => ({
    ...plan,
    policy: { ...plan.policy, hold },
    pace: { ...plan.pace, stepDeadlineSeconds: 8 },
    resources: plan.resources.map((one) =>
      one.kind === 'http-transaction'
        ? { ...one, spec: { ...(one.spec as object), recovery: { url: 'http://nowhere.shop.test' } } }
        : one,
    ),
  });
  return byHand('record: held after promotion', change);
}

/** Nobody answers, so the run stops. */
function notApproved(): Promise<Walked> {
  const change = (plan: Plan): Plan => ({
    ...plan,
    policy: { ...plan.policy, approval: 'manual', approvalWithinSeconds: 5 },
  });
  return byHand('record: not approved', change);
}

/** The replica stands alone already, so its source can be stopped; it cannot be promoted, so the source is started again. */
function sourceStopped(): Promise<Walked> {
  const change = (plan: Plan): Plan => ({
    ...plan,
    policy: { ...plan.policy, isolation: { patienceSeconds: 10, whenUnconfirmed: 'stop' } },
    pace: { ...plan.pace, pollSeconds: 0.05, visibilitySeconds: 0.2, stepDeadlineSeconds: 8 },
    resources: plan.resources.map((one) =>
      one.kind === 'rds-read-replica' ? { ...one, spec: { ...(one.spec as object), stopSource: true } } : one,
    ),
  });
  return byHand('record: source stopped', change, ({ plan, world }) => {
    const alone = { ReadReplicaSourceDBInstanceIdentifier: undefined, DBInstanceStatus: 'backing-up' };
    world.rds(plan.regions.recovery).patchInstance(instances.recovery, alone);
  });
}

/** A mapping, a rule and a schedule are switched off in the Region being left, and on in the one being activated. */
async function consumersMoved(): Promise<Walked> {
  const sources = [
    { mapping: '0a1b2c3d-0000-4000-8000-000000000001' },
    { rule: 'orders', bus: 'default' },
    { schedule: 'nightly', group: 'default', role: 'caller' },
  ];
  const resources = sources.map((source, index) => ({
    id: `events-${index}`,
    kind: 'event-source',
    dependsOn: [],
    spec: { primary: source, recovery: source },
  }));
  const change = (plan: Plan): Plan => ({ ...plan, resources: [...plan.resources, ...resources] });
  return byHand('record: consumers moved', change, seedConsumers, 'SUCCEEDED');
}

function seedConsumers({ plan, world }: ModelledLab): void {
  for (const place of places) {
    const [region, enabled] = [plan.regions[place], place === 'primary'];
    const State = enabled ? 'ENABLED' : 'DISABLED';
    const uuid = '0a1b2c3d-0000-4000-8000-000000000001';
    world.eventSourceMappings(region).seedMapping({ uuid, functionName: 'orders', enabled });
    world.eventBridge(region).operations.PutRule({ Name: 'orders', EventPattern: '{"source":["shop"]}', State });
    world.schedules(region).seedSchedule({
      Name: 'nightly',
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State,
      Target: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:q', RoleArn: 'arn:aws:iam::123456789012:role/caller' },
    });
  }
}

/** A run by hand; most of them do not end well. */
async function byHand(
  scene: string,
  change: (plan: Plan) => Plan,
  prepare: (lab: ModelledLab) => void = () => undefined,
  shouldEnd = 'FAILED',
): Promise<Walked> {
  const lab = await openModelledLab({ traffic: 'record', settings, change });
  prepare(lab);
  const walked = await play(lab, { scene, from: 'primary', shouldEnd }, async () => (await lab.run('one')).status);
  lab.close();
  return walked;
}

interface Scene {
  readonly scene: string;
  readonly from: Place;
  readonly shouldEnd?: string;
}

async function play(
  lab: ModelledLab,
  { from, scene, shouldEnd = 'SUCCEEDED' }: Scene,
  run: () => Promise<string>,
): Promise<Walked> {
  const { policy, regions } = lab.plan;
  const [calls, urls] = [lab.world.history.length, lab.orders.requests.length];
  const ended = await run();
  const asked = lab.orders.requests.slice(urls).map(({ url }) => url);
  return {
    scene,
    path: {
      from: regions[from],
      to: regions[from === 'primary' ? 'recovery' : 'primary'],
      accepts: policy.acceptsControlPlane,
    },
    calls: lab.world.history.slice(calls).filter(({ caller }) => caller !== ''),
    urlsLeft: asked.filter((url) => new URL(url).hostname === addresses[from]),
    ended,
    shouldEnd,
  };
}

/** As on AWS: two alarms go off, one of them reaches `trigger`, and that starts the machine. */
async function byAlarm(lab: ModelledLab): Promise<string> {
  const { clock, plan, world } = lab;
  const { recovery } = plan.regions;
  for (const { alarm, observer } of plan.detection.signals) {
    const { operations } = world.cloudWatch(plan.regions[observer]);
    operations.PutMetricAlarm({ ...quietAlarm, AlarmName: alarm });
    operations.SetAlarmState({ AlarmName: alarm, StateValue: 'ALARM', StateReason: 'the scene says so' });
  }
  const [{ alarm = '' } = {}] = plan.detection.signals;
  const payload = {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    region: recovery,
    resources: [`arn:aws:cloudwatch:${recovery}:123456789012:alarm:${alarm}`],
    detail: { alarmName: alarm, state: { value: 'ALARM', timestamp: new Date(clock.now()).toISOString() } },
  };
  const started = await world.lambda.invoke({ region: recovery, functionName: 'trigger', payload });
  return (await lab.ended((started as { readonly name: string }).name)).status;
}

/** Evaluated so seldom that it stays in the state that the scene gives it. */
const quietAlarm = {
  Namespace: 'Understudy',
  MetricName: 'ProbeFailed',
  Statistic: 'Minimum',
  Period: 86_400,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
} as const;

/** What failback will do by itself one day: the old primary is a replica of the new one. */
function standbyIn({ clock, plan, substrate, world }: ModelledLab, place: Place): void {
  const other = places.find((one) => one !== place) ?? 'recovery';
  const region = plan.regions[place];
  world.rds(region).seedInstance({
    DBInstanceIdentifier: instances[place],
    ReadReplicaSourceDBInstanceIdentifier: `arn:aws:rds:${plan.regions[other]}:${world.host.account}:db:${instances[other]}`,
  });
  substrate.seedDatabase({ region, instance: instances[place] }, 'standby');
  world.cloudWatch(region).operations.PutMetricData({
    Namespace: 'AWS/RDS',
    MetricData: [
      {
        MetricName: 'ReplicaLag',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instances[place] }],
        Timestamp: new Date(clock.now() - 5000),
        Value: 0.1,
      },
    ],
  });
}
