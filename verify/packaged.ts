import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handlers } from '../lab/functions.ts';
import { type Bundles, entryIn } from '../lab/sandbox/bundle-functions.ts';
import { succeed } from './program.ts';

/** What would be deployed, as `npm run package` has left it in dist/. */
export interface Packaged {
  readonly bundles: Bundles;
  readonly functionNames: readonly string[];
  /** The validated example plan, as functions read it. */
  readonly plansFile: string;
  /** The CloudFormation template of each Region. */
  readonly templates: readonly { readonly region: string; readonly file: string }[];
  /** The texts of all state machines, by file name; placeholders open. */
  readonly machines: ReadonlyMap<string, string>;
}

export const machineName = 'failover.asl.json';

const packageTimeoutMs = 180_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages the example plan for all its Regions, without credentials. @throws Error with what packaging said */
export async function openPackaged(): Promise<Packaged> {
  await succeed(process.execPath, ['tools/package.ts', '--stage', 'verify'], {
    timeoutMs: packageTimeoutMs,
    cwd: root,
  });
  const folder = `${root}dist/functions`;
  const files = globSync(`${root}dist/packages/*/cloudformation-template-update-stack.json`).sort();
  return {
    bundles: { entryOf: (functionName) => entryIn(folder, functionName) },
    functionNames: Object.keys(handlers),
    plansFile: `${folder}/detect/plans.json`,
    templates: files.map((file) => ({ file, region: basename(dirname(file)) })),
    machines: await definitions(),
  };
}

async function definitions(): Promise<Packaged['machines']> {
  const files = globSync(`${root}statemachines/*.asl.json`).sort();
  return new Map(await Promise.all(files.map(async (file) => [basename(file), await readFile(file, 'utf8')] as const)));
}
