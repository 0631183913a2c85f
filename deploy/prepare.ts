import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../shared/domain/plan.ts';
import { loadPlan, PlanError } from '../shared/plan/load.ts';
import { type Bundle, bundle, functionNames, packed } from './bundles.ts';
import type { Parameters } from './deployment.ts';
import { artifactOf } from './functions.ts';
import { type Manifest, manifestPath } from './load.ts';
import { deploymentProblems } from './problems.ts';

export interface Wish {
  readonly stage: string;
  /** Path of the plan. */
  readonly planFile: string;
  readonly parameters: Parameters;
}

/** @throws PlanError with every reason why this plan cannot be deployed like this */
export async function checkedPlan({ parameters, planFile, stage }: Wish): Promise<Plan> {
  const plan = await loadPlan(planFile, await readPlanFile(planFile));
  const problems = deploymentProblems({ plan, stage, parameters, functions: functionNames() });
  if (problems.length > 0) throw new PlanError(planFile, problems);
  return plan;
}

async function readPlanFile(planFile: string): Promise<string> {
  try {
    return await readFile(planFile, 'utf8');
  } catch (error) {
    const problem = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const remedy = 'name a file that is there; a new plan begins as a copy of plans/example.plan.yml';
    throw new PlanError(planFile, [{ path: '--plan', problem, remedy }]);
  }
}

/** Builds every function with the plan in it, ready to be packaged for any of its Regions. */
export async function build(plan: Plan, stage: string): Promise<Manifest> {
  await rm('dist', { recursive: true, force: true });
  await mkdir('dist/functions', { recursive: true });
  const plans = JSON.stringify([plan]);
  const bundles = await bundle(functionNames());
  const hashes = await Promise.all(bundles.map(async (one) => [one.name, await write(one, plans)] as const));
  const manifest = { stage, plan, hashes: Object.fromEntries(hashes) };
  await writeFile(manifestPath, JSON.stringify(manifest));
  return manifest;
}

/** Beside the archive its files: what is measured and tried is what is packaged. */
async function write(bundled: Bundle, plans: string): Promise<string> {
  const { name } = bundled;
  const { hash, zip } = packed(bundled, plans);
  const folder = `dist/functions/${name}`;
  await mkdir(folder);
  const files = Object.entries({ ...bundled.files, 'plans.json': plans });
  await Promise.all(files.map(([file, content]) => writeFile(join(folder, file), content)));
  await writeFile(artifactOf(name), zip);
  return hash;
}
