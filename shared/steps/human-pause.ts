import type { Plan } from '../domain/plan.ts';

/** Nobody answers within a second; and each look is a dozen of the 25,000 events that an execution may have. */
const pauseSecondsMax = 30;

/** The pause between two invocations that wait for a person: short enough that the run shows that it is alive. */
export const humanPauseSeconds = ({ policy }: Plan): number =>
  Math.min(pauseSecondsMax, policy.takeOverAfterSeconds / 4);
