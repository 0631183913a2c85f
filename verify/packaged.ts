import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { handlers } from '../lab/functions.ts';
import { type Bundles, bundleFunctions } from '../lab/sandbox/bundle-functions.ts';
import { loadPlan } from '../shared/plan/load.ts';

/** What would be deployed. */
export interface Packaged {
  readonly bundles: Bundles;
  readonly functionNames: readonly string[];
  /** The validated example plan, as functions read it. */
  readonly plansFile: string;
  /** The texts of all state machines, by file name; placeholders open. */
  readonly machines: ReadonlyMap<string, string>;
}

const text = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

export const machineName = 'failover.asl.json';

/** Bundles all functions into `folder`, with the example plan beside them. */
export async function openPackaged(folder: string): Promise<Packaged> {
  const functionNames = Object.keys(handlers);
  const bundles = await bundleFunctions(folder, functionNames);
  const plan = await loadPlan('plans/example.plan.yml', await text('plans/example.plan.yml'));
  const plansFile = join(folder, 'plans.json');
  await writeFile(plansFile, JSON.stringify([plan]));
  return {
    bundles,
    functionNames,
    plansFile,
    machines: new Map([[machineName, await text(`statemachines/${machineName}`)]]),
  };
}
