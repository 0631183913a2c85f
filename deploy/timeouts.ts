import { phases } from '../shared/domain/phase.ts';
import type { Plan } from '../shared/domain/plan.ts';

/** What a task of the state machine, which has 300 s, leaves its function; above the longest patience of a plan (240 s). */
const stepSeconds = 290;
/** For a cold start, and for what is done before the first look. */
const actingSecondsMin = 60;

/**
 * After how many seconds Lambda ends the function of a step. One that acts looks for as long as its patience, and has as much
 * again for calls that wait for an answer: no process of a run can act for longer after the run's last sign of life, which
 * each invocation begins with. The others only look and write down what only their own epoch can.
 */
export function stepTimeoutSeconds(step: string, { pace, policy }: Pick<Plan, 'pace' | 'policy'>): number {
  const acts = step === 'restore' || phases.some((phase) => phase === step);
  if (!acts) return stepSeconds;
  const patienceSeconds = Math.max(pace.patienceSeconds, policy.isolation.patienceSeconds);
  return Math.min(stepSeconds, Math.max(actingSecondsMin, Math.ceil(2 * patienceSeconds)));
}
