import { readFile } from 'node:fs/promises';
import { walkScenes } from '../lab/independence/scenes.ts';
import { plannedSteps, stepIds } from '../shared/domain/phase.ts';
import type { Plan } from '../shared/domain/plan.ts';
import { kindOf, registry } from '../shared/kinds/registry.ts';
import { loadPlan } from '../shared/plan/load.ts';
import { commandsOnThePath } from './independence/commands.ts';
import { declarationProblems } from './independence/declared.ts';
import { type Verdict, verdictOn } from './independence/verdict.ts';

const examplePlan = 'plans/example.plan.yml';

/**
 * Walks what the steps of a run can call, and fails if any of it lies in the Region being left, in us-east-1 alone or in
 * another global control plane. Exceptions are the list in lab/checkers/path-rules.ts, and what a plan accepts by name.
 */
async function check(planFiles: readonly string[]): Promise<number> {
  const walked = await walkScenes();
  const commands = commandsOnThePath();
  const verdict = verdictOn(walked, { commands, steps: stepIds.filter((step) => !plannedSteps.includes(step)) });
  const kinds = await Promise.all(Object.keys(registry).map(kindOf));
  const problems = [...verdict.problems, ...declarationProblems(kinds, commands)];
  const plans = await Promise.all(planFiles.map(async (file) => ({ file, plan: await planIn(file) })));
  const ofPlans = await Promise.all(plans.map(async ({ file, plan }) => `${file} ${await needsOf(plan)}`));
  console.log(`${verdict.calls} calls in ${walked.length} whole runs, both directions, the Region left alive or dead`);
  console.log(sentences(verdict).join('\n'));
  console.log(ofPlans.join('\n'));
  for (const problem of problems) console.error(`not independent: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

const planIn = async (file: string): Promise<Plan> => loadPlan(file, await readFile(file, 'utf8'));

/** What a plan says of control planes; one that needs what it does not accept is no valid plan. */
async function needsOf({ policy, resources }: Plan): Promise<string> {
  const kinds = await Promise.all([...new Set(resources.map(({ kind }) => kind))].map(kindOf));
  const needed = kinds.flatMap(({ controlPlanes, id }) => controlPlanes.map((one) => `${one} (${id})`));
  const accepted = policy.acceptsControlPlane.join(', ') || 'none';
  return `needs global control planes: ${needed.join(', ') || 'none'}; accepts: ${accepted}`;
}

const sentences = ({ accepted, excepted }: Verdict): readonly string[] => [
  ...excepted.map(({ calls, exception: { commands, service, steps, why } }) => {
    const who = steps?.join(', ') ?? 'any step';
    return `exception, ${calls} calls: ${who}: ${service} ${commands.join(', ')}: ${why}`;
  }),
  ...accepted.map((one) => `accepted by its plan: ${one}`),
];

const files = process.argv.slice(2);
process.exitCode = await check(files.length > 0 ? files : [examplePlan]);
