import { readFile } from 'node:fs/promises';
import type { Plan } from '../shared/domain/plan.ts';
import { loadPlan, PlanError } from '../shared/plan/load.ts';
import { UsageError } from './terminal/exit-codes.ts';

/** @throws UsageError for a file that cannot be read, or a plan that cannot be used, with all that is wrong with it */
export async function readPlan(file: string): Promise<Plan> {
  try {
    return await loadPlan(file, await readFile(file, 'utf8'));
  } catch (error) {
    const isUnreadable = error instanceof Error && 'syscall' in error;
    if (isUnreadable) throw new UsageError(`${error.message}: a new plan begins as a copy of plans/example.plan.yml`);
    if (error instanceof PlanError) throw new UsageError(error.message);
    throw error;
  }
}
