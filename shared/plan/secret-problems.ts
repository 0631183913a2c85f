import { secretsIn } from '../domain/secrets.ts';
import type { PlanProblem } from './plan-problems.ts';

/** Whoever may read the functions may read the plan in them, so it can only say where a secret is kept. */
export function secretProblems(value: unknown, path = ''): readonly PlanProblem[] {
  if (typeof value === 'string') return secretsIn(value).map((what) => problemOf(path, what));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = Array.isArray(value) ? `[${key}]` : `${path === '' ? '' : '.'}${key}`;
    return secretProblems(inner, `${path}${step}`);
  });
}

const problemOf = (path: string, what: string): PlanProblem => ({
  path,
  problem: `this is ${what}, and a plan is no place for secrets`,
  remedy: 'keep it in AWS Secrets Manager or in Parameter Store, and name that place here',
});
