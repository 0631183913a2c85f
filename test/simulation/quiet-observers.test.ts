import { describe, expect, it } from 'vitest';
import { detection } from '../../lab/simulator/scenarios/detection.ts';
import { simulate } from '../../lab/simulator/simulate.ts';
import type { Plan } from '../../shared/domain/plan.ts';

const quietEverySeconds = 60;

/** As plans/example.plan.yml has it: observers that rest while all is well, and alarms that take silence for a good day. */
const quiet = (plan: Plan): Plan => ({
  ...plan,
  detection: { ...plan.detection, probes: { ...plan.detection.probes, quietEverySeconds } },
});

const seeds = [1, 2, 3, 4];

describe.each(detection.map((scenario) => [scenario.name, { ...scenario, plan: quiet }] as const))(
  '%s, with observers that rest',
  (_name, scenario) => {
    it.each(seeds)('keeps every invariant and what it expects, seed %i', async (seed) => {
      const { checks } = await simulate({ scenario, seed });
      expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    });
  },
);

it('a lost Region is noticed a quiet pause later at most', async () => {
  const [regionLost] = detection;
  if (regionLost?.name !== 'region-lost') throw new Error('the first scenario is another one');
  const openedAfter = async (seed: number, plan?: (plan: Plan) => Plan): Promise<number> => {
    const { history } = await simulate({ scenario: plan === undefined ? regionLost : { ...regionLost, plan }, seed });
    return ((history.runs[0]?.run.openedAt ?? Number.NaN) - (history.happened[0]?.at ?? 0)) / 1000;
  };
  const later = await Promise.all(
    seeds.map(async (seed) => (await openedAfter(seed, quiet)) - (await openedAfter(seed))),
  );
  expect(later.every((seconds) => seconds <= quietEverySeconds)).toBe(true);
  expect(Math.max(...later)).toBeGreaterThan(0);
});

it('nothing is published on a good day', async () => {
  const calm = { name: 'calm', story: 'Nothing happens.', weather: () => ({ rates: {}, healAt: 420, happenings: [] }) };
  const published = async (plan?: (plan: Plan) => Plan): Promise<number> => {
    const { history } = await simulate({ scenario: plan === undefined ? calm : { ...calm, plan }, seed: 1 });
    return history.calls.filter(({ command }) => command === 'PutMetricData').length;
  };
  expect(await published()).toBeGreaterThan(0);
  expect(await published(quiet)).toBe(0);
});
