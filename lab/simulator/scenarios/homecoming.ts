import * as happen from '../happenings.ts';
import type { Chance } from '../random.ts';
import { soon } from './detection.ts';
import {
  consumersWoke,
  failedOverWhilePlanned,
  isRecovered,
  movedHome,
  movedTimes,
  nothingFollows,
  writesGoOn,
} from './expect.ts';
import type { Scenario } from './scenario.ts';

const calm = { rates: {}, healAt: 3600 };
/** The primary dies, and is back after a while: by then the recovery Region serves. */
const lostAndBack = (chance: Chance): happen.Happening => {
  const at = soon(chance);
  return happen.regionLost('primary', { at, until: at + 420 });
};
/** When the primary has been back for long enough. */
const homeAt = 900;
const planned = (purpose: 'failback' | 'switchover' | 'reprotect', at: number) => {
  const place = purpose === 'failback' ? 'primary' : 'recovery';
  return happen.manualStart(place, { at }, { purpose });
};
/** Some time after the failback was started: in one of its steps, or when it is over. */
const meanwhile = (chance: Chance): number => homeAt + chance.between(5, 240);

export const homecoming: readonly Scenario[] = [
  {
    name: 'primary-returns',
    situation: 'F1',
    story: 'The old primary comes back by itself, and its clients go on asking it for orders.',
    weather: (chance) => ({ ...calm, happenings: [lostAndBack(chance)] }),
    expectations: [isRecovered],
  },
  {
    name: 'failback',
    situation: 'F2',
    story: 'The old primary comes back with writes that nobody else has, and a person goes home.',
    weather: (chance) => ({ ...calm, happenings: [lostAndBack(chance), planned('failback', homeAt)] }),
    expectations: [movedHome, nothingFollows],
  },
  {
    name: 'zombies-wake',
    situation: 'F3',
    story: 'A run was under way in the primary when that died. It wakes beside the run that has taken its place.',
    weather: (chance) => {
      const at = soon(chance);
      const asleep = happen.manualStart('primary', { at: at - 2 }, { from: 'recovery' });
      const lost = happen.regionLost('primary', { at, until: at + 420 });
      return { ...calm, happenings: [asleep, lost, planned('failback', homeAt)] };
    },
    expectations: [movedHome],
  },
  {
    name: 'consumers-wake',
    situation: 'F3',
    story: 'The old primary comes back, and its consumers with it. They rest before a person goes home.',
    weather: (chance) => ({
      ...calm,
      plan: { consumers: true },
      happenings: [lostAndBack(chance), planned('reprotect', homeAt), planned('failback', 2 * homeAt)],
    }),
    expectations: [consumersWoke, movedHome],
  },
  {
    name: 'failback-fails',
    situation: 'F4',
    story: 'Calls fail, processes die and Regions part while an application goes home.',
    weather: (chance) => {
      const at = meanwhile(chance);
      const trouble = chance.pick([
        () => happen.partition('primary', 'recovery', { at, until: at + 120 }),
        () => [happen.controlPlaneDead('primary', { at, until: at + 240 })],
        () => [happen.transitions(20, { at, until: at + 400 })],
        () => [happen.cancel({ at })],
        () => [happen.halt({ at, until: at + 200 })],
      ])();
      const rates = { 'crash-after': 0.01, 'lost-answer': 0.02, throttled: 0.02 };
      return { healAt: 3600, rates, happenings: [lostAndBack(chance), planned('failback', homeAt), ...trouble] };
    },
  },
  {
    name: 'freeze-too-long',
    situation: 'F4',
    story: 'Replication falls behind while an application goes home: writes must not wait for it.',
    weather: (chance) => {
      const lagging = happen.lagging(600, { at: homeAt - 30, until: homeAt + 1200 });
      return { ...calm, happenings: [lostAndBack(chance), planned('failback', homeAt), lagging] };
    },
    expectations: [writesGoOn],
  },
  {
    name: 'failover-during-failback',
    situation: 'F5',
    story: 'The Region in charge dies while the application is on its way home.',
    weather: (chance) => {
      const lost = happen.regionLost('recovery', { at: meanwhile(chance) });
      // Otherwise nothing would start by itself while the cool-down after the first failover lasts (I11).
      const acknowledged = happen.acknowledge({ at: homeAt - 10 });
      // The replica at home is new: nobody can tell yet what it lacks, and a person has to accept that.
      const approving = happen.operatorSays({ toQuestions: 'approve', toHolds: 'resume' }, { at: homeAt });
      const happenings = [lostAndBack(chance), acknowledged, planned('failback', homeAt), approving, lost];
      return { ...calm, plan: { watchesBoth: true }, happenings };
    },
    expectations: [failedOverWhilePlanned],
  },
  {
    name: 'ping-pong',
    situation: 'F6',
    story: 'There and back, and there and back again, by hand.',
    weather: (chance) => ({
      healAt: 7200,
      rates: {},
      happenings: [
        lostAndBack(chance),
        planned('failback', homeAt),
        planned('switchover', 2 * homeAt),
        planned('failback', 3 * homeAt),
      ],
    }),
    expectations: [movedTimes(3), nothingFollows],
  },
  {
    name: 'infrastructure-code-applied',
    situation: 'F7',
    story:
      'After the failover somebody applies the infrastructure code, which starts the services of the old primary again.',
    weather: (chance) => {
      const applied = happen.serviceCount('primary', 2, { at: 700 });
      return { ...calm, happenings: [lostAndBack(chance), applied, planned('failback', homeAt)] };
    },
    expectations: [movedHome],
  },
];
