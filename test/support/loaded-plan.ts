import { stringify } from 'yaml';
import type { Plan } from '../../shared/domain/plan.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { changedPlan, type Draft, samplePlan } from './sample-plan.ts';

/** The good plan, or one like it, as the functions get it. */
export const loadedPlan = (change?: (plan: Draft) => void): Promise<Plan> =>
  loadPlan('test.plan.yml', change === undefined ? stringify(samplePlan) : changedPlan(change));
