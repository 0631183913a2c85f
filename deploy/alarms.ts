import { type Plan, pausesWhenQuiet, type Signal } from '../shared/domain/plan.ts';
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

/** The alarms on our own metrics, and where several watch the primary from here, whether enough of them agree. */
export function alarmResources(deployment: Deployment): Resources {
  const { plan } = deployment;
  const alarms = ownAlarmsAt(deployment).map((signal) => [alarmId(signal), alarmOf(plan, signal)] as const);
  return Object.fromEntries([...alarms, ...agreement(deployment)]);
}

const alarmId = ({ id }: Signal): string => `${pascal(id)}Alarm`;

/** So many of the probes in a period, and a Region that fails in part is seen. */
const failedShare = 0.25;

const minuteSeconds = 60;

/** The finest period, evaluated each 10 s: three times the price of a minute, which is enough for a window of minutes. */
export const finestPeriodSeconds = 10;

export const periodSecondsOf = ({ windowSeconds }: Pick<Signal, 'windowSeconds'>): number =>
  windowSeconds % minuteSeconds === 0 ? minuteSeconds : finestPeriodSeconds;

/**
 * Missing data is no failure. Where probes never pause it may be this observer that is sick, and the alarm says that it
 * knows nothing. Where they pause while all is well, nothing is published then, and silence is how a good day looks.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function alarmOf(plan: Plan, signal: Signal): Resource {
  const { alarm, kind, watches, windowSeconds } = signal;
  const reason = `${watches} has been in trouble for ${windowSeconds} s (${kind}).`;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarm,
      AlarmDescription: `${plan.application}: ${reason}`,
      Namespace: metrics.namespace,
      Period: periodSecondsOf(signal),
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: pausesWhenQuiet(plan) ? 'notBreaching' : 'missing',
      ...(kind === 'replication' ? heartbeatLevel(plan, signal) : probeLevel(plan, signal)),
    },
  };
}

/** The age itself says for how long nothing was heard, so one period of it is enough. */
const heartbeatLevel = ({ application }: Plan, { watches, windowSeconds }: Signal) => ({
  MetricName: metrics.heartbeatAge,
  Dimensions: dimensionsOf(application, watches === 'primary' ? 'recovery' : 'primary'),
  Statistic: 'Average',
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  Threshold: windowSeconds,
});

/** A sum and no average: of a period that begins quietly only the failures are known, and one of them would be all. */
function probeLevel({ application, detection: { probes } }: Plan, signal: Signal) {
  const periodSeconds = periodSecondsOf(signal);
  const periods = signal.windowSeconds / periodSeconds;
  const probesInPeriod = periodSeconds / Math.max(probes.everySeconds, probes.timeoutSeconds);
  return {
    MetricName: metrics.probeFailed,
    Dimensions: dimensionsOf(application, signal.watches),
    Statistic: 'Sum',
    EvaluationPeriods: periods,
    DatapointsToAlarm: periods,
    Threshold: failedShare * probesInPeriod,
  };
}

/**
 * Tells people that one observer is sure. It starts nothing: a run asks the quorum of all observers. For the way back there
 * is none: its price is that of five alarms, and once the recovery Region is in charge people are at it anyway.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html (AT_LEAST)
 */
function agreement(deployment: Deployment): readonly (readonly [string, Resource])[] {
  const { application, detection } = deployment.plan;
  const watched = 'primary';
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
