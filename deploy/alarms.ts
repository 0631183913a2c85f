import { probeMetric } from '../shared/domain/metric.ts';
import type { Plan, Signal } from '../shared/domain/plan.ts';
import { places } from '../shared/domain/run.ts';
import { pascal, type Resource, type Resources, ref } from './cloudformation.ts';
import type { Deployment } from './deployment.ts';

/** The signals that are observed from here, one for each alarm. */
export const alarmsAt = ({ plan, site }: Deployment): readonly Signal[] => {
  const observed = plan.detection.signals.filter(({ observer }) => observer === site);
  return [...new Map(observed.map((signal) => [signal.alarm, signal])).values()];
};

/** The alarms that the plan's signals name, and where several watch one place from here, whether enough of them agree. */
export function alarmResources(deployment: Deployment): Resources {
  const signals = alarmsAt(deployment);
  const alarms = signals.map((signal) => [alarmId(signal), alarmOf(deployment.plan, signal)] as const);
  const agreements = places.flatMap((watched) => agreement(deployment, watched));
  return Object.fromEntries([...alarms, ...agreements]);
}

const alarmId = ({ id }: Signal): string => `${pascal(id)}Alarm`;

/** The period of a high-resolution alarm, which is evaluated as often. */
export const periodSeconds = 10;

/**
 * Every period in which all probes failed counts. Missing data is no failure: it may be this observer that is sick.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html (high-resolution alarms)
 */
function alarmOf({ application }: Plan, { alarm, watches, windowSeconds }: Signal): Resource {
  const periods = windowSeconds / periodSeconds;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarm,
      AlarmDescription: `${application} in its ${watches} Region gave no sign of life for ${windowSeconds} s.`,
      Namespace: probeMetric.namespace,
      MetricName: probeMetric.name,
      Dimensions: [
        { Name: 'Application', Value: application },
        { Name: 'Place', Value: watches },
      ],
      Statistic: 'Minimum',
      Period: periodSeconds,
      EvaluationPeriods: periods,
      DatapointsToAlarm: periods,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'missing',
    },
  };
}

/**
 * Tells people that one observer is sure. It starts nothing: a run asks the quorum of all observers.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html (AT_LEAST)
 */
function agreement(deployment: Deployment, watched: Signal['watches']): readonly (readonly [string, Resource])[] {
  const { application, detection } = deployment.plan;
  const signals = alarmsAt(deployment).filter(({ watches }) => watches === watched);
  if (signals.length < 2) return [];
  const quorum = Math.min(detection.quorum, signals.length);
  const names = signals.map(({ alarm }) => `"${alarm}"`).join(', ');
  const composite: Resource = {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    DependsOn: signals.map(alarmId),
    Properties: {
      AlarmName: `${application}-${watched}-signals-agree`,
      AlarmDescription: `${quorum} of ${signals.length} signals say that ${watched} fails, as seen from here.`,
      AlarmRule: `AT_LEAST(${quorum}, ALARM, (${names}))`,
      AlarmActions: [ref('Topic')],
    },
  };
  return [[`${pascal(watched)}SignalsAgree`, composite]];
}
