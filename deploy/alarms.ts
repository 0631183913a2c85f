import type { Signal } from '../shared/domain/plan.ts';
import { places } from '../shared/domain/run.ts';
import { dimensionsOf, metrics } from '../shared/signals/metrics.ts';
import { pascal, type Resource, type Resources, ref } from './cloudformation.ts';
import type { Deployment } from './deployment.ts';

/** The signals that are observed from here, one for each alarm. */
export const alarmsAt = ({ plan, site }: Deployment): readonly Signal[] => {
  const observed = plan.detection.signals.filter(({ observer }) => observer === site);
  return [...new Map(observed.map((signal) => [signal.alarm, signal])).values()];
};

/** Those whose alarms are made here: an alarm of the kind `alarm` is somebody else's. */
const ownAlarmsAt = (deployment: Deployment): readonly Signal[] =>
  alarmsAt(deployment).filter(({ kind }) => kind !== 'alarm');

/** The alarms on our own metrics, and where several watch one place from here, whether enough of them agree. */
export function alarmResources(deployment: Deployment): Resources {
  const { application } = deployment.plan;
  const alarms = ownAlarmsAt(deployment).map((signal) => [alarmId(signal), alarmOf(application, signal)] as const);
  const agreements = places.flatMap((watched) => agreement(deployment, watched));
  return Object.fromEntries([...alarms, ...agreements]);
}

const alarmId = ({ id }: Signal): string => `${pascal(id)}Alarm`;

/** The period of a high-resolution alarm, which is evaluated as often. */
export const periodSeconds = 10;

/** So many of the probes in a period, and a Region that fails in part is seen. */
const failedShare = 0.25;

/**
 * Missing data is no failure: it may be this observer that is sick.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html (high-resolution alarms)
 */
function alarmOf(application: string, signal: Signal): Resource {
  const { alarm, watches, windowSeconds } = signal;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarm,
      AlarmDescription: `${application}: ${watches} has been in trouble for ${windowSeconds} s (${signal.kind}).`,
      Namespace: metrics.namespace,
      Statistic: 'Average',
      Period: periodSeconds,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'missing',
      ...levelOf(application, signal),
    },
  };
}

function levelOf(application: string, { kind, watches, windowSeconds }: Signal) {
  const listener = watches === 'primary' ? 'recovery' : 'primary';
  const periods = windowSeconds / periodSeconds;
  // The age itself says for how long nothing was heard, so one period of it is enough.
  return kind === 'replication'
    ? {
        MetricName: metrics.heartbeatAge,
        Dimensions: dimensionsOf(application, listener),
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        Threshold: windowSeconds,
      }
    : {
        MetricName: metrics.probeFailed,
        Dimensions: dimensionsOf(application, watches),
        EvaluationPeriods: periods,
        DatapointsToAlarm: periods,
        Threshold: failedShare,
      };
}

/**
 * Tells people that one observer is sure. It starts nothing: a run asks the quorum of all observers.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html (AT_LEAST)
 */
function agreement(deployment: Deployment, watched: Signal['watches']): readonly (readonly [string, Resource])[] {
  const { application, detection } = deployment.plan;
  const signals = ownAlarmsAt(deployment).filter(({ watches }) => watches === watched);
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
