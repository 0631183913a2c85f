import type { Instant } from './run.ts';

/** Where all metrics of ours go, those of the probe included. */
export const metricNamespace = 'Understudy';

/** Every metric that is taken out of a log line. `Trouble` and `ResourcesUnready` should stay at zero. */
export const metrics = {
  /** An event that a function did not serve, by function and error. */
  trouble: 'Trouble',
  /** How many looks of an evaluation failed. */
  resourcesUnready: 'ResourcesUnready',
  /** From the beginning of the incident to the end of a run that recovered; s. */
  recoverySeconds: 'RecoverySeconds',
  /** 1 for each dry run that came to its end. */
  dryRunFinished: 'DryRunFinished',
} as const;

interface Measured {
  readonly at: Instant;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly name: (typeof metrics)[keyof typeof metrics];
  readonly value: number;
}

/**
 * Fields that make a log line a metric as well, without a call and without a permission: CloudWatch Logs extracts what is
 * in the embedded metric format, and Lambda sends every line of standard output there.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Lambda.html
 */
export function metricFields({ at, dimensions, name, value }: Measured): Readonly<Record<string, unknown>> {
  const directive = {
    Namespace: metricNamespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name }],
  };
  return { ...dimensions, [name]: value, _aws: { Timestamp: at, CloudWatchMetrics: [directive] } };
}

/** The line without its metric: what a dry run would have measured was not measured. */
export function withoutMetric(fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const { _aws, ...others } = fields;
  return others;
}
