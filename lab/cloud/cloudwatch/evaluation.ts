import type { ComparisonOperator } from '@aws-sdk/client-cloudwatch';
import { notSimulated } from '../errors.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface Evaluation {
  /** The evaluation range, oldest first; undefined is a missing datapoint. */
  readonly datapoints: readonly (number | undefined)[];
  /** N: how many datapoints are evaluated. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly breaches: (value: number) => boolean;
  readonly treatMissingData: MissingData;
}

/** CloudWatch looks at more datapoints than it evaluates; its documentation's example adds two. */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

/**
 * The state an alarm moves to, or `retain`. From the tables of "Configuring how CloudWatch alarms treat missing data"
 * (Amazon CloudWatch User Guide): real datapoints are used first, missing ones are filled in only as far as needed.
 */
export function evaluate(evaluation: Evaluation): AlarmState | 'retain' {
  const { evaluationPeriods: n, datapointsToAlarm: m, breaches, treatMissingData } = evaluation;
  const existing = evaluation.datapoints.filter((value) => value !== undefined);
  const breaching = existing.slice(-n).filter(breaches).length;
  if (existing.length >= n || breaching >= m) return breaching >= m ? 'ALARM' : 'OK';
  if (treatMissingData === 'notBreaching') return 'OK';
  if (treatMissingData === 'breaching') return breaching + (n - existing.length) >= m ? 'ALARM' : 'OK';
  if (breaching < existing.length) return 'OK';
  if (treatMissingData === 'ignore') return 'retain';
  return oldestAge(evaluation.datapoints) >= m ? 'ALARM' : 'INSUFFICIENT_DATA';
}

/** How many periods ago the oldest datapoint is (1 = the newest of the range); 0 when there is none. */
function oldestAge(datapoints: Evaluation['datapoints']): number {
  const index = datapoints.findIndex((value) => value !== undefined);
  return index === -1 ? 0 : datapoints.length - index;
}

const operators: Readonly<
  Partial<Record<ComparisonOperator, readonly [string, (value: number, limit: number) => boolean]>>
> = {
  GreaterThanThreshold: ['greater than', (value, limit) => value > limit],
  GreaterThanOrEqualToThreshold: ['greater than or equal to', (value, limit) => value >= limit],
  LessThanThreshold: ['less than', (value, limit) => value < limit],
  LessThanOrEqualToThreshold: ['less than or equal to', (value, limit) => value <= limit],
};

/** @throws UnknownSimulatedOperation for anomaly detection operators */
export function comparison(operator: ComparisonOperator | undefined): {
  readonly words: string;
  readonly breaches: (value: number, limit: number) => boolean;
} {
  const found = operator === undefined ? undefined : operators[operator];
  if (found === undefined) throw notSimulated('CloudWatch', `ComparisonOperator ${operator}`);
  return { words: found[0], breaches: found[1] };
}
