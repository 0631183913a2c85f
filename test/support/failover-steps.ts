import { type StepId, stepIds } from '../../shared/domain/phase.ts';

const ofPlannedRuns: readonly StepId[] = ['rest', 'reconcile', 'reverse', 'freeze', 'final-sync', 'compare', 'protect'];
const whenItFails: readonly StepId[] = ['restore', 'hold'];

/** The steps of a failover in which nothing goes wrong, in their order. */
export const failoverSteps = stepIds.filter((step) => ![...ofPlannedRuns, ...whenItFails].includes(step));
