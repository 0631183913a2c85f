import { expect, it } from 'vitest';
import { metricFields, withoutMetric } from '../../../shared/domain/metric.ts';

const measured = { at: 1000, dimensions: { Application: 'shop' }, name: 'RecoverySeconds', value: 12 } as const;

it('a log line becomes a metric by the fields of the embedded metric format', () => {
  expect(metricFields(measured)).toEqual({
    Application: 'shop',
    RecoverySeconds: 12,
    _aws: {
      Timestamp: 1000,
      CloudWatchMetrics: [
        { Namespace: 'Understudy', Dimensions: [['Application']], Metrics: [{ Name: 'RecoverySeconds' }] },
      ],
    },
  });
});

it('without it, the line is no metric but says the same', () => {
  expect(withoutMetric(metricFields(measured))).toEqual({ Application: 'shop', RecoverySeconds: 12 });
  expect(withoutMetric()).toEqual({});
});
