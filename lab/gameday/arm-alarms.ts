import {
  CloudWatchClient,
  type Dimension,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { Outside } from '../../shared/aws/outside.ts';
import { type Plan, pausesWhenQuiet, type Signal } from '../../shared/domain/plan.ts';
import { places } from '../../shared/domain/run.ts';
import { dimensionsOf, metrics } from '../../shared/signals/metrics.ts';
import type { World } from '../cloud/world.ts';
import { usersMetric } from './users-telemetry.ts';

/** The alarms of the plan's signals, and in both places the rule that hands the alarms there to `trigger`. */
export async function armAlarms(plan: Plan, world: World, outsideOf: (region: string) => Outside): Promise<void> {
  for (const signal of plan.detection.signals) {
    const region = plan.regions[signal.observer];
    const silence = { TreatMissingData: pausesWhenQuiet(plan) && signal.kind !== 'alarm' ? 'notBreaching' : 'missing' };
    const alarm = { ...common, ...silence, AlarmName: signal.alarm, ...metricOf(signal, plan), ...levelOf(signal) };
    await outsideOf(region).client(CloudWatchClient, region).send(new PutMetricAlarmCommand(alarm));
  }
  const pattern = { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] };
  for (const place of places) {
    const region = plan.regions[place];
    const events = outsideOf(region).client(EventBridgeClient, region);
    await events.send(new PutRuleCommand({ Name: 'understudy-alarms', EventPattern: JSON.stringify(pattern) }));
    const targets = [{ Id: 'trigger', Arn: world.lambda.functionArn(region, 'trigger') }];
    await events.send(new PutTargetsCommand({ Rule: 'understudy-alarms', Targets: targets }));
  }
}

const common = {
  Statistic: 'Average',
  Period: 10,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
} as const satisfies Partial<PutMetricAlarmCommandInput>;

/**
 * Periods of 10 s with trouble; at the lab's 1/100 of the time, 3 of them are 300 ms. They need not follow each other: a
 * Region that is frozen lets each probe wait for its whole timeout (250 ms), so there is not one result in every period. A
 * quarter of failures is enough, so that a Region that fails in part is seen.
 */
const troubledPeriods = { EvaluationPeriods: 9, Threshold: 0.25 };

/**
 * The age of the heartbeat itself tells for how long nothing was heard, so one period is enough, and the signal's window is
 * the threshold: more than a busy machine delays the guard. Users are many, so two periods tell as much as three of probes.
 */
const levelOf = ({ kind, windowSeconds }: Signal): Partial<PutMetricAlarmCommandInput> => {
  if (kind === 'replication') return { EvaluationPeriods: 1, DatapointsToAlarm: 1, Threshold: windowSeconds };
  return { ...troubledPeriods, DatapointsToAlarm: kind === 'alarm' ? 2 : 3 };
};

type MetricName = { readonly Namespace: string; readonly MetricName: string; readonly Dimensions: Dimension[] };

function metricOf({ kind, watches }: Signal, { application }: Plan): MetricName {
  switch (kind) {
    case 'probe':
      return {
        Namespace: metrics.namespace,
        MetricName: metrics.probeFailed,
        Dimensions: dimensionsOf(application, watches),
      };
    case 'replication': {
      const standby = places.find((place) => place !== watches);
      return {
        Namespace: metrics.namespace,
        MetricName: metrics.heartbeatAge,
        Dimensions: dimensionsOf(application, standby),
      };
    }
    case 'alarm':
      return { Namespace: usersMetric.namespace, MetricName: usersMetric.name, Dimensions: [] };
  }
}
