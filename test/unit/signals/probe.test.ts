import { CloudWatchClient, InternalServiceFault, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../shared/aws/outside.ts';
import { probe } from '../../../shared/signals/probe.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { witnessRegion } from '../../support/sample-run.ts';
import { noon, virtualClock } from '../../support/virtual-clock.ts';

const cloudwatch = mockClient(CloudWatchClient);
const plan = await loadedPlan();
const well: HttpAnswer = { answered: true, status: 200, body: '' };
const down: HttpAnswer = { answered: false, why: 'no answer' };
const busy = new InternalServiceFault({ message: 'busy', $metadata: { httpStatusCode: 500 } });

interface Sent {
  readonly place: string | undefined;
  readonly values: readonly (number | undefined)[];
  readonly times: readonly number[];
}
/** The calls to CloudWatch about one place, each with what it carried; times are seconds since the start. */
const sentAbout = (place: string): readonly Sent[] =>
  cloudwatch
    .commandCalls(PutMetricDataCommand)
    .map(({ args }) => args[0].input.MetricData ?? [])
    .map((data) => ({
      place: data[0]?.Dimensions?.find(({ Name }) => Name === 'Place')?.Value,
      values: data.map(({ Value }) => Value),
      times: data.map(({ Timestamp }) => ((Timestamp?.getTime() ?? 0) - noon) / 1000),
    }))
    .filter((sent) => sent.place === place);

/** Probes for so long; `primary` says what its place answers to the n-th probe, the other one is always well. */
async function probing(seconds: number, primary: (probe: number) => HttpAnswer = () => well) {
  const clock = virtualClock();
  const warnings: string[] = [];
  let asked = 0;
  const outside = outsideOf({ http: async ({ url }) => (url.includes('primary') ? primary(asked++) : well) });
  const log = (_level: string, why: string): void => void warnings.push(why);
  const result = await probe(plan, seconds, { region: witnessRegion, clock, log, outside });
  return { ...result, warnings, endedAt: clock.now() };
}

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(PutMetricDataCommand).resolves({});
});

describe('the probe', () => {
  it('asks both places once a second and sends good news in batches of ten', async () => {
    const { probes, endedAt } = await probing(25);
    expect(probes).toBe(50);
    expect(endedAt).toBe(noon + 24_000);
    expect(sentAbout('primary').map(({ values }) => values.length)).toEqual([10, 10, 5]);
    expect(sentAbout('recovery').map(({ values }) => values.length)).toEqual([10, 10, 5]);
    expect(sentAbout('primary')[0]).toMatchObject({ times: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  });

  it('sends bad news at once, with the good news that was held back', async () => {
    await probing(6, (n) => (n === 3 || n === 4 ? down : well));
    expect(sentAbout('primary').map(({ values }) => values)).toEqual([[0, 0, 0, 1], [1], [0]]);
  });

  it.each<[string, HttpAnswer, number]>([
    ['no answer', down, 1],
    ['a server error', { ...well, status: 503 }, 1],
    ['a client error', { ...well, status: 404 }, 1],
    ['a redirection', { ...well, status: 302 }, 0],
    ['an answer', well, 0],
  ])('counts %s', async (_title, answer, value) => {
    await probing(1, () => answer);
    expect(sentAbout('primary').map(({ values }) => values)).toEqual([[value]]);
  });

  it('goes on probing when CloudWatch does not take the data, and sends them later', async () => {
    let failures = 0;
    cloudwatch.on(PutMetricDataCommand).callsFake(async () => {
      if (failures++ < 2) throw busy;
      return {};
    });
    const { probes, warnings } = await probing(4, () => down);
    expect(probes).toBe(8);
    expect(warnings.length).toBe(2);
    const about = sentAbout('primary').map(({ times }) => times);
    expect(about).toEqual([[0], [0, 1], [0, 1, 2], [3]]);
  });

  it('never sends more in one call than CloudWatch takes', async () => {
    cloudwatch.on(PutMetricDataCommand).rejects(busy);
    await probing(1100, (n) => (n > 990 ? down : well));
    expect(Math.max(...sentAbout('primary').map(({ values }) => values.length))).toBe(1000);
    expect(sentAbout('primary').at(-1)?.times.at(-1)).toBe(1099);
  });

  it('does not hide a bug behind a warning', async () => {
    cloudwatch.on(PutMetricDataCommand).callsFake(() => Promise.reject(new TypeError('a bug')));
    await expect(probing(1)).rejects.toThrow(TypeError);
  });
});
