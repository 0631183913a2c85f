import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handlers } from '../lab/functions.ts';
import { type Bundles, entryIn } from '../lab/sandbox/bundle-functions.ts';
import { type MachineId, machineIds } from '../shared/steps/contract.ts';
import { succeed } from './program.ts';

/** What would be deployed, as `npm run package` has left it in dist/. */
export interface Packaged {
  readonly bundles: Bundles;
  readonly functionNames: readonly string[];
  /** The validated example plan, as functions read it. */
  readonly plansFile: string;
  /** The CloudFormation template of each Region. */
  readonly templates: readonly { readonly region: string; readonly file: string }[];
  /** The texts of all state machines; placeholders open. */
  readonly machines: Readonly<Record<MachineId, string>>;
}

const packageTimeoutMs = 180_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages the example plan for all its Regions, without credentials. @throws Error with what packaging said */
export async function openPackaged(): Promise<Packaged> {
  const templates = await packageWith([]);
  const folder = `${root}dist/functions`;
  return {
    bundles: { entryOf: (functionName) => entryIn(folder, functionName) },
    functionNames: Object.keys(handlers),
    plansFile: `${folder}/detect/plans.json`,
    templates,
    machines: await definitions(),
  };
}

/** Packages the example plan. @returns the template of each Region. @throws Error with what packaging said */
export async function packageWith(options: readonly string[]): Promise<Packaged['templates']> {
  const args = ['tools/package.ts', '--stage', 'verify', ...options];
  await succeed(process.execPath, args, { timeoutMs: packageTimeoutMs, cwd: root });
  const files = globSync(`${root}dist/packages/*/cloudformation-template-update-stack.json`).sort();
  return files.map((file) => ({ file, region: basename(dirname(file)) }));
}

async function definitions(): Promise<Packaged['machines']> {
  const read = async (id: MachineId) => [id, await readFile(`${root}statemachines/${id}.asl.json`, 'utf8')] as const;
  return Object.fromEntries(await Promise.all(machineIds.map(read))) as Packaged['machines'];
}
