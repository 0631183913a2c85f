import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { Outside } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import { probeMetric } from '../../shared/signals/probe.ts';
import type { World } from '../cloud/world.ts';
import { instances } from './data.ts';
import type { LabRegion } from './region.ts';
import { seedTraffic } from './traffic.ts';

/** How many order services each place runs: full strength in charge, one at rest (warm standby). */
export const tasksAt: Readonly<Record<Place, number>> = { primary: 2, recovery: 1 };

export interface Application {
  readonly world: World;
  readonly plan: Plan;
  readonly regions: Readonly<Record<Place, Pick<LabRegion, 'address'>>>;
  readonly ttlSeconds: number;
}

/** The application as its owner has built it in AWS before Understudy came: databases, services and DNS. */
export function seedApplication({ plan, regions, ttlSeconds, world }: Application): void {
  const { primary, recovery } = plan.regions;
  world.rds(primary).seedInstance({ DBInstanceIdentifier: instances.primary });
  world.rds(recovery).seedInstance({
    DBInstanceIdentifier: instances.recovery,
    ReadReplicaSourceDBInstanceIdentifier: `arn:aws:rds:${primary}:${world.host.account}:db:${instances.primary}`,
  });
  for (const place of places) {
    const ecs = world.ecs(plan.regions[place]);
    ecs.seedCluster({ name: 'shop' });
    ecs.seedService({ cluster: 'shop', name: 'orders', desiredCount: tasksAt[place] });
  }
  const addressOf = { primary: regions.primary.address, recovery: regions.recovery.address };
  seedTraffic({ world, plan, addressOf, ttlSeconds });
}

/** The alarms of the plan's signals, and the rule that hands the recovery Region's alarms to `trigger`. */
export async function armAlarms(plan: Plan, world: World, outsideOf: (region: string) => Outside): Promise<void> {
  for (const signal of plan.detection.signals) {
    const region = plan.regions[signal.observer];
    await outsideOf(region)
      .client(CloudWatchClient, region)
      .send(alarmOf(plan, signal.alarm, signal.watches));
  }
  const region = plan.regions.recovery;
  const events = outsideOf(region).client(EventBridgeClient, region);
  const pattern = { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] };
  await events.send(new PutRuleCommand({ Name: 'understudy-alarms', EventPattern: JSON.stringify(pattern) }));
  const targets = [{ Id: 'trigger', Arn: world.lambda.functionArn(region, 'trigger') }];
  await events.send(new PutTargetsCommand({ Rule: 'understudy-alarms', Targets: targets }));
}

/**
 * 3 failed periods of 10 s; at the lab's 1/100 of the time that is 300 ms. They need not follow each other: a Region that
 * is frozen lets each probe wait for its whole timeout (250 ms), so there is not one result in every period.
 */
const alarmOf = (plan: Plan, name: string, watches: Place): PutMetricAlarmCommand =>
  new PutMetricAlarmCommand({
    AlarmName: name,
    Namespace: probeMetric.namespace,
    MetricName: probeMetric.name,
    Dimensions: [
      { Name: 'Application', Value: plan.application },
      { Name: 'Place', Value: watches },
    ],
    Statistic: 'Minimum',
    Period: 10,
    EvaluationPeriods: 9,
    DatapointsToAlarm: 3,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'missing',
  });
