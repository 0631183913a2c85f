import {
  CloudWatchClient,
  InternalServiceFault,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../shared/aws/outside.ts';
import { probe } from '../../../shared/signals/probe.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { witnessRegion } from '../../support/sample-run.ts';
import { noon, virtualClock } from '../../support/virtual-clock.ts';

const cloudwatch = mockClient(CloudWatchClient);
const well: HttpAnswer = { answered: true, status: 200, body: '' };
const down: HttpAnswer = { answered: false, why: 'no answer' };
const busy = new InternalServiceFault({ message: 'busy', $metadata: { httpStatusCode: 500 } });
const elsewhere = ['https://one.example', 'https://two.example'];

const calls = (): readonly (readonly MetricDatum[])[] =>
  cloudwatch.commandCalls(PutMetricDataCommand).map(({ args }) => args[0].input.MetricData ?? []);

const isOf =
  (metric: string, place?: string) =>
  (datum: MetricDatum): boolean =>
    datum.MetricName === metric && datum.Dimensions?.find(({ Name }) => Name === 'Place')?.Value === place;

const secondOf = ({ Timestamp }: MetricDatum): number => ((Timestamp?.getTime() ?? 0) - noon) / 1000;

/** The values of one metric in the order in which they were sent. */
const valuesOf = (metric: string, place?: string): readonly (number | undefined)[] =>
  calls()
    .flat()
    .filter(isOf(metric, place))
    .map(({ Value }) => Value);

/** The seconds since the start of the probes that each call told of; calls that tell of others are left out. */
const callsAbout = (place: string): readonly (readonly number[])[] =>
  calls()
    .map((data) => data.filter(isOf('ProbeFailed', place)).map(secondOf))
    .filter((seconds) => seconds.length > 0);

interface Answers {
  /** What the primary answers to the n-th probe; default: all is well. */
  readonly primary?: (probe: number) => HttpAnswer;
  readonly recovery?: (probe: number) => HttpAnswer;
  readonly elsewhere?: (url: string) => HttpAnswer;
  readonly change?: (plan: Draft) => void;
}

async function probing(seconds: number, answers: Answers = {}) {
  const clock = virtualClock();
  const warnings: string[] = [];
  const asked = { primary: 0, recovery: 0 };
  const outside = outsideOf({
    http: async ({ url }) => {
      if (elsewhere.includes(url)) return answers.elsewhere?.(url) ?? well;
      const place = url.includes('primary') ? 'primary' : 'recovery';
      return answers[place]?.(asked[place]++) ?? well;
    },
  });
  const log = (_level: string, why: string): void => void warnings.push(why);
  const plan = await loadedPlan((draft) => {
    Object.assign(draft.detection.probes, { quietEverySeconds: 1 });
    answers.change?.(draft);
  });
  const result = await probe(plan, seconds, { region: witnessRegion, clock, log, outside });
  return { ...result, warnings, endedAt: clock.now() };
}

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(PutMetricDataCommand).resolves({});
});

describe('the probe', () => {
  it('asks both places once a second and sends good news in batches of ten probes of each', async () => {
    const { probes, endedAt } = await probing(25);
    expect(probes).toBe(50);
    expect(endedAt).toBe(noon + 24_000);
    for (const place of ['primary', 'recovery']) {
      expect(callsAbout(place).map(({ length }) => length)).toEqual([10, 10, 5]);
      expect(callsAbout(place)[0]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(calls().length).toBe(3);
  });

  it('sends bad news at once, with the good news that was held back', async () => {
    await probing(6, { primary: (n) => (n === 3 || n === 4 ? down : well) });
    expect(callsAbout('primary')).toEqual([[0, 1, 2, 3], [4], [5]]);
    expect(valuesOf('ProbeFailed', 'primary')).toEqual([0, 0, 0, 1, 1, 0]);
  });

  it.each<[string, HttpAnswer, number, number]>([
    ['no answer', down, 1, 1],
    ['a gateway without anybody behind it', { ...well, status: 502 }, 1, 1],
    ['a gateway that gives up on those behind it', { ...well, status: 503 }, 1, 1],
    ['a gateway that has waited in vain', { ...well, status: 504 }, 1, 1],
    ['the application’s own error', { ...well, status: 500 }, 1, 0],
    ['the application’s refusal', { ...well, status: 404 }, 1, 0],
    ['a redirection', { ...well, status: 302 }, 0, 0],
    ['an answer', well, 0, 0],
  ])(
    'tells of %s whether it is a failure, and whether anybody answered',
    async (_title, answer, failed, unanswered) => {
      await probing(1, { primary: () => answer });
      expect(valuesOf('ProbeFailed', 'primary')).toEqual([failed]);
      expect(valuesOf('ProbeUnanswered', 'primary')).toEqual([unanswered]);
    },
  );

  it('goes on probing when CloudWatch does not take the data, and sends them later', async () => {
    let failures = 0;
    cloudwatch.on(PutMetricDataCommand).callsFake(async () => {
      if (failures++ < 2) throw busy;
      return {};
    });
    const { probes, warnings } = await probing(4, { primary: () => down });
    expect(probes).toBe(8);
    expect(warnings.length).toBe(2);
    expect(callsAbout('primary')).toEqual([[0], [0, 1], [0, 1, 2], [3]]);
  });

  it('never sends more in one call than CloudWatch takes, and keeps the newest', async () => {
    cloudwatch.on(PutMetricDataCommand).rejects(busy);
    await probing(600, { primary: (n) => (n > 590 ? down : well) });
    expect(Math.max(...calls().map(({ length }) => length))).toBe(1000);
    expect(callsAbout('primary').at(-1)?.at(-1)).toBe(599);
  });

  it('does not hide a bug behind a warning', async () => {
    cloudwatch.on(PutMetricDataCommand).callsFake(() => Promise.reject(new TypeError('a bug')));
    await expect(probing(1)).rejects.toThrow(TypeError);
  });
});

describe('the heartbeat of the standby', () => {
  const beat = (health: object | string): HttpAnswer => ({
    ...well,
    body: typeof health === 'string' ? health : JSON.stringify(health),
  });

  it('is published as its age, with the rate of the writes', async () => {
    await probing(1, { recovery: () => beat({ heartbeatAt: noon - 2500, writesPerSecond: 40 }) });
    expect(valuesOf('HeartbeatAgeSeconds', 'recovery')).toEqual([2.5]);
    expect(valuesOf('WritesPerSecond', 'recovery')).toEqual([40]);
    expect(valuesOf('HeartbeatAgeSeconds', 'primary')).toEqual([]);
  });

  it('is not younger than now, although two clocks differ', async () => {
    await probing(1, { recovery: () => beat({ heartbeatAt: noon + 400 }) });
    expect(valuesOf('HeartbeatAgeSeconds', 'recovery')).toEqual([0]);
    expect(valuesOf('WritesPerSecond', 'recovery')).toEqual([]);
  });

  it.each([
    ['no JSON', beat('well')],
    ['other JSON', beat('[1]')],
    ['a text for a number', beat({ heartbeatAt: 'now', writesPerSecond: 1 })],
    ['an error with a heartbeat', { ...beat({ heartbeatAt: noon }), status: 500 } as HttpAnswer],
  ])('is not taken from %s', async (_what, answer) => {
    await probing(1, { recovery: () => answer });
    expect(valuesOf('HeartbeatAgeSeconds', 'recovery')).toEqual([]);
    expect(valuesOf('ProbeFailed', 'recovery').length).toBe(1);
  });

  it('is bad news at half the age at which its alarm goes off', async () => {
    const change = (plan: Draft): void => {
      const alarm = 'shop-recovery-hears-nothing';
      plan.detection.signals.push({ id: 'heard', kind: 'replication', alarm, observer: 'recovery', windowSeconds: 8 });
    };
    await probing(8, { recovery: () => beat({ heartbeatAt: noon }), change });
    expect(callsAbout('recovery')).toEqual([[0, 1, 2, 3, 4, 5], [6], [7]]);
  });

  it('is bad news only of the standby, not of the place that an alarm watches', async () => {
    const change = (plan: Draft): void => {
      const heard = {
        id: 'heard',
        kind: 'replication',
        alarm: 'hears-nothing',
        observer: 'recovery',
        windowSeconds: 8,
      };
      plan.detection.signals.push(heard);
    };
    await probing(8, { primary: () => beat({ heartbeatAt: noon - 1e6 }), change });
    expect(calls().length).toBe(1);
  });

  it('is no news where no alarm of the plan watches it', async () => {
    await probing(8, { recovery: () => beat({ heartbeatAt: noon - 1e6 }) });
    expect(calls().length).toBe(1);
  });
});

describe('the self-check', () => {
  const change = (plan: Draft): void => void Object.assign(plan.detection, { selfCheck: elsewhere });

  it('does not exist where the plan names nothing to reach', async () => {
    await probing(3, { elsewhere: () => down });
    expect(valuesOf('SelfCheckFailed')).toEqual([]);
  });

  it.each<[string, (url: string) => HttpAnswer, number]>([
    ['all is well', () => well, 0],
    ['one of the URLs does not answer', (url) => (url === elsewhere[0] ? down : well), 0],
    ['they answer with an error', () => ({ ...well, status: 503 }), 0],
    ['none of them answers', () => down, 1],
  ])('when %s', async (_title, answer, value) => {
    await probing(2, { elsewhere: answer, change });
    expect(valuesOf('SelfCheckFailed')).toEqual([value, value]);
  });

  it('sends bad news at once', async () => {
    await probing(3, { elsewhere: () => down, change });
    expect(calls().filter((data) => data.some(isOf('SelfCheckFailed'))).length).toBe(3);
  });
});

describe('while all is well and the plan lets it pause', () => {
  const pausing = (draft: Draft): void => void Object.assign(draft.detection.probes, { quietEverySeconds: 60 });

  it('looks once a minute, ends at once, and publishes nothing', async () => {
    const { probes, endedAt } = await probing(60, { change: pausing });
    expect(probes).toBe(2);
    expect(endedAt).toBe(noon);
    expect(calls()).toEqual([]);
  });

  it('looks as often as the plan says', async () => {
    const often = (draft: Draft): void => void Object.assign(draft.detection.probes, { quietEverySeconds: 25 });
    expect(await probing(60, { change: often })).toMatchObject({ probes: 6, endedAt: noon + 50_000 });
    expect(calls()).toEqual([]);
  });

  it('stays from the first failure on, probes closely to the end of its time, and publishes all of that', async () => {
    const { probes, endedAt } = await probing(60, { change: pausing, primary: (n) => (n < 30 ? down : well) });
    expect(probes).toBe(120);
    expect(endedAt).toBe(noon + 59_000);
    expect(valuesOf('ProbeFailed', 'primary')).toEqual([...Array(30).fill(1), ...Array(30).fill(0)]);
    expect(valuesOf('ProbeFailed', 'recovery')).toHaveLength(60);
    expect(callsAbout('primary')[0]).toEqual([0]);
  });

  it.each<[string, Answers]>([
    [
      'nothing else can be reached',
      { elsewhere: () => down, change: (draft) => Object.assign(draft.detection, { selfCheck: elsewhere }) },
    ],
    [
      'the standby hears nothing new',
      {
        recovery: () => ({ ...well, body: JSON.stringify({ heartbeatAt: noon - 60_000 }) }),
        change: ({ detection }) =>
          void detection.signals.push({
            id: 'h',
            kind: 'replication',
            alarm: 'h',
            observer: 'recovery',
            windowSeconds: 90,
          }),
      },
    ],
  ])('stays when %s', async (_title, { change, ...answers }) => {
    const both = (draft: Draft): void => {
      pausing(draft);
      change?.(draft);
    };
    expect(await probing(60, { ...answers, change: both })).toMatchObject({ endedAt: noon + 59_000 });
  });

  it('does not take a cold standby for trouble, but both places without an answer', async () => {
    const cold = (draft: Draft): void => {
      pausing(draft);
      Object.assign(draft.detection, { standby: 'cold', selfCheck: elsewhere });
    };
    expect(await probing(60, { change: cold, recovery: () => down })).toMatchObject({ endedAt: noon });
    expect(calls()).toEqual([]);
    const dead = await probing(60, { change: cold, recovery: () => down, primary: () => down });
    expect(dead.endedAt).toBe(noon + 59_000);
  });

  it('sends what it kept before with the first bad news of a later minute, if its process is still there', async () => {
    const clock = virtualClock();
    let isDown = false;
    const outside = outsideOf({
      http: async ({ url }) => {
        if (!url.includes('primary')) return { ...well, body: JSON.stringify({ heartbeatAt: clock.now() - 700 }) };
        return isDown ? down : well;
      },
    });
    const plan = await loadedPlan(pausing);
    const deps = { region: witnessRegion, clock, log: () => undefined, outside };
    await probe(plan, 60, deps);
    await clock.sleep(60_000);
    await probe(plan, 60, deps);
    expect(calls()).toEqual([]);
    await clock.sleep(60_000);
    isDown = true;
    await probe(plan, 1, deps);
    expect(callsAbout('primary')).toEqual([[0, 60, 120]]);
    expect(valuesOf('HeartbeatAgeSeconds', 'recovery')).toEqual([0.7, 0.7, 0.7]);
  });
});
