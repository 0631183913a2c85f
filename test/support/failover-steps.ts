import { plannedSteps, type StepId, stepIds } from '../../shared/domain/phase.ts';

const whenItFails: readonly StepId[] = ['restore', 'hold'];

/** The steps of a failover in which nothing goes wrong, in their order. */
export const failoverSteps = stepIds.filter((step) => ![...plannedSteps, ...whenItFails].includes(step));
