import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { readPulse } from '../../../shared/signals/pulse.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { noon } from '../../support/virtual-clock.ts';

const cloudwatch = mockClient(CloudWatchClient);
const asked = { place: 'recovery', now: noon, seconds: 600, probeFunction: 'understudy-shop-prod-probe' } as const;
const minutes = Array.from({ length: 10 }, (_, minute) => new Date(noon - (minute + 1) * 60_000));

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [{ Id: 'sent', Timestamps: minutes, Values: minutes.map(() => 1) }],
  });
});

const sentQuery = () => cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input.MetricDataQueries?.[0];

it('an observer that pauses while all is well is alive by what Lambda counts', async () => {
  const plan = await loadedPlan(() => undefined);
  expect(await readPulse(outsideOf({}), plan, asked)).toMatchObject({ answered: true, sent: 10, failed: 0 });
  expect(sentQuery()?.MetricStat).toMatchObject({
    Metric: { Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: 'understudy-shop-prod-probe' }] },
    Stat: 'Sum',
  });
});

it('one that never pauses, by the probes that it has published', async () => {
  const plan = await loadedPlan((draft) => void Object.assign(draft.detection.probes, { quietEverySeconds: 1 }));
  await readPulse(outsideOf({}), plan, asked);
  expect(sentQuery()?.MetricStat).toMatchObject({ Metric: { MetricName: 'ProbeFailed' }, Stat: 'SampleCount' });
});
