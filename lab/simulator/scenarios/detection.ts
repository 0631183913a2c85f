import * as happen from '../happenings.ts';
import type { Chance } from '../random.ts';
import { isRecovered, nothingOpened, oneRunOpened } from './expect.ts';
import type { Scenario } from './scenario.ts';

/** Some moment after the first minute, as the seed says. */
export const soon = (chance: Chance): number => Math.round(chance.between(65, 120));
const calm = { rates: {}, healAt: 420 };

export const detection: readonly Scenario[] = [
  {
    name: 'region-lost',
    situation: 'D1',
    story: 'The primary Region dies with everything in it.',
    weather: (chance) => ({ ...calm, healAt: 900, happenings: [happen.regionLost('primary', { at: soon(chance) })] }),
    expectations: [isRecovered, oneRunOpened],
  },
  {
    name: 'unreachable-from-one',
    situation: 'D2',
    story: 'Only the recovery Region cannot reach the primary; everybody else can.',
    weather: (chance) => ({ ...calm, happenings: [happen.cut('recovery', 'primary', { at: soon(chance) })] }),
    expectations: [nothingOpened],
  },
  {
    name: 'control-plane-dead',
    situation: 'D3',
    story: 'The AWS API of the primary Region answers 500; the application there serves on.',
    weather: (chance) => ({ ...calm, happenings: [happen.controlPlaneDead('primary', { at: soon(chance) })] }),
    expectations: [nothingOpened],
  },
  {
    name: 'gray-errors',
    situation: 'D4',
    story: 'Two of five answers of the primary Region are 500.',
    weather: (chance) => ({
      ...calm,
      healAt: 900,
      happenings: [happen.grayErrors('primary', 0.4, { at: soon(chance) })],
    }),
  },
  {
    name: 'metrics-stop',
    situation: 'D5',
    story: 'No metric of any observer arrives any more, and nothing else is wrong.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      return { ...calm, happenings: [happen.metricsStop('recovery', when), happen.metricsStop('witness', when)] };
    },
    expectations: [nothingOpened],
  },
  {
    name: 'alarm-flaps',
    situation: 'D6',
    story: 'The primary fails for half a minute, again and again.',
    weather: (chance) => {
      const first = soon(chance);
      const bursts = [0, 1, 2, 3, 4].map((burst) => first + burst * 90);
      return {
        ...calm,
        healAt: 800,
        happenings: bursts.map((at) => happen.grayErrors('primary', 1, { at, until: at + 35 })),
      };
    },
  },
  {
    name: 'bad-deploy',
    situation: 'D7',
    story: 'A bad deployment: the application answers 500 in both Regions.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      return { ...calm, happenings: [happen.grayErrors('primary', 1, when), happen.grayErrors('recovery', 1, when)] };
    },
    expectations: [nothingOpened],
  },
  {
    name: 'both-sick',
    situation: 'D8',
    story: 'The primary Region dies, and the application of the other one fails as well.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      return { ...calm, happenings: [happen.regionLost('primary', when), happen.grayErrors('recovery', 1, when)] };
    },
    expectations: [nothingOpened],
  },
  {
    name: 'observer-sick',
    situation: 'D9',
    story: 'The network of one observer fails: to it, everybody seems dead.',
    weather: (chance) => {
      const where = chance.pick(['recovery', 'witness'] as const);
      return { ...calm, happenings: [happen.observerSick(where, { at: soon(chance) })] };
    },
    expectations: [nothingOpened],
  },
  {
    name: 'alarm-twice',
    situation: 'D10',
    story: 'Every event is delivered twice, late, and in any order.',
    weather: (chance) => ({
      ...calm,
      healAt: 900,
      settings: { eventDuplicateProbability: 1, eventJitterMs: 60_000 },
      happenings: [happen.regionLost('primary', { at: soon(chance) })],
    }),
    expectations: [isRecovered, oneRunOpened],
  },
  {
    name: 'alarm-red-before',
    situation: 'D11',
    story: 'The alarms are red before anybody listens to them; a person starts the run.',
    weather: (chance) => {
      const at = soon(chance);
      return {
        ...calm,
        healAt: 900,
        happenings: [
          happen.alarmsUnheard({ at: 0, until: 240 }),
          happen.regionLost('primary', { at }),
          // Nobody says when it began: the signals do, or else the lag of a dead source would be taken for the loss.
          happen.manualStart('recovery', { at: 300 }),
        ],
      };
    },
    expectations: [isRecovered],
  },
];
