import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadPlan, PlanError } from '../shared/plan/load.ts';

/**
 * Validates plans and writes them as the one JSON file that is packaged with the functions (UNDERSTUDY_PLANS), so that
 * nothing has to be checked or fetched in a disaster.
 */
async function bundle(output: string, sources: readonly string[]): Promise<void> {
  const plans = await Promise.all(sources.map(async (source) => loadPlan(source, await readFile(source, 'utf8'))));
  const applications = plans.map(({ application }) => application);
  const twice = applications.find((one, index) => applications.indexOf(one) !== index);
  if (twice !== undefined) throw new Error(`two plans are of the application ${twice}`);
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, JSON.stringify(plans));
  console.log(`${output}: ${applications.join(', ')}`);
}

const [output, ...sources] = process.argv.slice(2);
if (output === undefined || sources.length === 0) {
  console.error('usage: node tools/bundle-plans.ts OUTPUT.json PLAN.yml…');
  process.exitCode = 2;
} else {
  await bundle(output, sources).catch((error: unknown) => {
    if (!(error instanceof PlanError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  });
}
