import type { PlanFile } from '../domain/plan.ts';
import { detectionProblems } from './detection-problems.ts';
import { leaseProblems } from './lease-problems.ts';
import { repeated } from './repeated.ts';
import { secretProblems } from './secret-problems.ts';

/** One thing that is wrong with a plan: where, what, and what to do about it. */
export interface PlanProblem {
  readonly path: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Contradictions that no single field shows. All of them are listed, not just the first. */
export function planProblems(plan: PlanFile): readonly PlanProblem[] {
  return [
    ...regionProblems(plan),
    ...detectionProblems(plan),
    ...resourceProblems(plan),
    ...paceProblems(plan),
    ...leaseProblems(plan),
    ...secretProblems(plan),
  ];
}

function regionProblems({ regions }: PlanFile): readonly PlanProblem[] {
  if (new Set(Object.values(regions)).size === 3) return [];
  return [
    {
      path: 'regions',
      problem: `primary, recovery and witness must be three different Regions, not ${Object.values(regions).join(', ')}`,
      remedy: 'name a third Region for the witness: it settles who is right when the other two disagree',
    },
  ];
}

function resourceProblems({ resources }: PlanFile): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const ids = new Set(resources.map(({ id }) => id));
  for (const id of repeated(resources.map((resource) => resource.id))) {
    problems.push({ path: 'resources', problem: `two resources are called ${id}`, remedy: 'give each its own id' });
  }
  resources.forEach((resource, index) => {
    for (const other of resource.dependsOn.filter((id) => !ids.has(id))) {
      problems.push({
        path: `resources[${index}].dependsOn`,
        problem: `${resource.id} depends on ${other}, which is not in the plan`,
        remedy: `use one of ${[...ids].join(', ')}`,
      });
    }
  });
  const circle = dependencyCircle(resources);
  if (circle !== undefined) {
    problems.push({
      path: 'resources',
      problem: `these resources wait for each other: ${circle.join(' → ')}`,
      remedy: 'remove one dependsOn of the circle',
    });
  }
  return problems;
}

function paceProblems({ pace, policy }: PlanFile): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const bound = (path: string, value: number, limit: number, limitName: string): void => {
    if (value <= limit) return;
    problems.push({
      path,
      problem: `${value} s is longer than ${limitName} (${limit} s)`,
      remedy: `keep it at or below ${limit} s, or raise ${limitName}`,
    });
  };
  bound('pace.pollSeconds', pace.pollSeconds, pace.patienceSeconds, 'pace.patienceSeconds');
  bound('pace.patienceSeconds', pace.patienceSeconds, pace.stepDeadlineSeconds, 'pace.stepDeadlineSeconds');
  bound('pace.visibilitySeconds', pace.visibilitySeconds, pace.stepDeadlineSeconds, 'pace.stepDeadlineSeconds');
  const { patienceSeconds } = policy.isolation;
  bound('policy.isolation.patienceSeconds', patienceSeconds, pace.stepDeadlineSeconds, 'pace.stepDeadlineSeconds');
  const silentSeconds = 2 * Math.max(pace.patienceSeconds, policy.isolation.patienceSeconds);
  if (policy.takeOverAfterSeconds < silentSeconds) {
    problems.push({
      path: 'policy.takeOverAfterSeconds',
      problem: `a run may give no sign of life for ${silentSeconds} s (2 × the longest patience), and would be taken over`,
      remedy: `give at least ${silentSeconds} s, or shorten pace.patienceSeconds and policy.isolation.patienceSeconds`,
    });
  }
  bound('policy.isolation.patienceSeconds', patienceSeconds, 240, 'what one Lambda invocation allows');
  return problems;
}

function dependencyCircle(resources: PlanFile['resources']): readonly string[] | undefined {
  const dependsOn = new Map(resources.map(({ id, dependsOn: others }) => [id, others]));
  const cleared = new Set<string>();
  const walk = (id: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (cleared.has(id)) return undefined;
    for (const other of dependsOn.get(id) ?? []) {
      const circle = walk(other, [...path, id]);
      if (circle !== undefined) return circle;
    }
    cleared.add(id);
    return undefined;
  };
  for (const { id } of resources) {
    const circle = walk(id, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
