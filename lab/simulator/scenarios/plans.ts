import * as happen from '../happenings.ts';
import { soon } from './detection.ts';
import { isRecovered, isRefusedFor, nothingPromotedMeanwhile } from './expect.ts';
import type { Scenario } from './scenario.ts';

const calm = { rates: {}, healAt: 900 };

/** The same shop under other plans. */
export const plans: readonly Scenario[] = [
  {
    name: 'traffic-by-health-check',
    story: 'The primary Region dies; an object in the other one moves traffic, and no control plane is needed.',
    weather: (chance) => ({
      ...calm,
      plan: { traffic: 'health-check', door: true },
      happenings: [happen.regionLost('primary', { at: soon(chance) }), happen.route53ApiDead({ at: 0 })],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'traffic-by-routing-control',
    story: 'The primary Region dies; routing controls move traffic, and no control plane is needed.',
    weather: (chance) => ({
      ...calm,
      plan: { traffic: 'routing-control', door: true },
      happenings: [happen.regionLost('primary', { at: soon(chance) }), happen.route53ApiDead({ at: 0 })],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'consumers-follow',
    situation: 'F3',
    story: 'The application is moved while all is well: its consumers stop in the one Region and work in the other.',
    weather: () => ({
      ...calm,
      plan: { consumers: true },
      happenings: [happen.manualStart('recovery', { at: 70 })],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'source-cannot-be-stopped',
    story:
      'The plan wants the database stopped that is left. RDS refuses, as it has a replica: the run says so and goes back.',
    weather: () => ({
      ...calm,
      healAt: 300,
      plan: { stopSource: true },
      happenings: [happen.manualStart('recovery', { at: 70 })],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('fence-unusable')],
  },
];
