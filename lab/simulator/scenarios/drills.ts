import * as happen from '../happenings.ts';
import { soon } from './detection.ts';
import { dryRunsEnded, isRecovered, nothingOpened } from './expect.ts';
import type { Scenario } from './scenario.ts';

const calm = { rates: {}, healAt: 420 };

export const drills: readonly Scenario[] = [
  {
    name: 'dry-run',
    situation: 'G1',
    story: 'A dry run on a good day changes nothing.',
    weather: (chance) => ({ ...calm, happenings: [happen.dryRun('recovery', { at: soon(chance) })] }),
    expectations: [dryRunsEnded, nothingOpened],
  },
  {
    name: 'dry-run-aborted',
    situation: 'G2',
    story: 'A dry run is stopped at any step, and nothing has to be put back.',
    weather: (chance) => {
      const at = soon(chance);
      return {
        ...calm,
        happenings: [happen.dryRun('recovery', { at }), happen.cancel({ at: at + chance.between(0.1, 4) })],
      };
    },
    expectations: [dryRunsEnded, nothingOpened],
  },
  {
    name: 'incident-during-dry-run',
    situation: 'G3',
    story: 'The primary Region dies while a dry run is going on.',
    weather: (chance) => {
      const at = soon(chance);
      const drill = happen.dryRun('recovery', { at: at + chance.between(0, 45) });
      return { ...calm, healAt: 900, happenings: [happen.regionLost('primary', { at }), drill] };
    },
    expectations: [dryRunsEnded, isRecovered],
  },
];
