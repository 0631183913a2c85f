import type { LabClock } from './clock.ts';

/** Real time: the one place of lab/cloud that touches `Date` and timers. */
export const systemClock: LabClock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
