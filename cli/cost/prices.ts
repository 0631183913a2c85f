/** One price: what a unit costs, and where that stands. */
export interface Price {
  readonly usd: number;
  /** What the price is for. */
  readonly per: string;
  readonly source: string;
  /** What every account gets for nothing each month, for good. */
  readonly free?: number;
}

const page = (name: string): string => `https://aws.amazon.com/${name}/pricing/`;

/**
 * List prices of US East (N. Virginia), as published; Ireland and Frankfurt are up to a fifth dearer in some lines. They were
 * taken from AWS's pricing and documentation pages by hand, not from the live price list.
 */
export const pricesTakenOn = '2026-11-27';

export const prices = {
  lambdaGbSecond: { usd: 0.0000133334, per: 'GB-second, arm64', source: page('lambda'), free: 400_000 },
  lambdaRequest: { usd: 0.2e-6, per: 'request', source: page('lambda'), free: 1_000_000 },
  putMetricData: { usd: 0.01e-3, per: 'PutMetricData call', source: page('cloudwatch'), free: 1_000_000 },
  getMetricData: { usd: 0.01e-3, per: 'metric asked for by GetMetricData', source: page('cloudwatch') },
  // As others quote the page (Metrics): prorated by the hour, and metered only when it is sent. A metric that nobody sends costs
  // nothing, and the alarm on it is billed all the same.
  customMetric: { usd: 0.3, per: 'custom metric and month', source: page('cloudwatch'), free: 10 },
  alarm: { usd: 0.1, per: 'alarm of a minute and more, and month', source: page('cloudwatch'), free: 10 },
  fastAlarm: { usd: 0.3, per: 'high-resolution alarm and month', source: page('cloudwatch') },
  compositeAlarm: { usd: 0.5, per: 'composite alarm and month', source: page('cloudwatch') },
  dashboard: { usd: 3, per: 'dashboard and month', source: page('cloudwatch'), free: 3 },
  logsGb: { usd: 0.5, per: 'GB of logs taken in', source: page('cloudwatch'), free: 5 },
  tableWrite: {
    usd: 0.625e-6,
    per: 'write request unit, in each replica',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/global-tables-billing.html',
  },
  tableRead: { usd: 0.125e-6, per: 'read request unit', source: `${page('dynamodb')}on-demand/` },
  keyRequest: { usd: 0.03e-4, per: 'KMS request', source: page('kms'), free: 20_000 },
  schedulerInvocation: {
    usd: 1e-6,
    per: 'invocation of EventBridge Scheduler',
    source: page('eventbridge'),
    free: 14_000_000,
  },
  stateTransition: { usd: 0.025e-3, per: 'state transition', source: page('step-functions'), free: 4_000 },
  publish: { usd: 0.5e-6, per: 'SNS publish', source: page('sns'), free: 1_000_000 },
  objectWrite: { usd: 0.005e-3, per: 'S3 PUT', source: page('s3') },
  objectRead: { usd: 0.0004e-3, per: 'S3 GET', source: page('s3') },
  healthCheck: {
    usd: 0.5,
    per: 'health check of an AWS endpoint and month',
    source: page('route53'),
    free: 50,
  },
  healthCheckOption: {
    usd: 1,
    per: 'option of such a check and month (string matching, 10 s)',
    source: page('route53'),
  },
  controlClusterHour: { usd: 2.5, per: 'hour of an ARC cluster', source: page('application-recovery-controller') },
} as const satisfies Record<string, Price>;

export type PriceId = keyof typeof prices;

export const priceOf = (id: PriceId): Price => prices[id];
