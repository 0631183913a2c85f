import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../deploy/bundles.ts';

/** Where the functions are, as they are packaged. */
export interface Bundles {
  /** The module that exports `handler`. */
  entryOf(functionName: string): string;
}

export const entryIn = (folder: string, functionName: string): string => join(folder, functionName, 'index.mjs');

/** Builds functions into `folder` as `npm run package` does, file by file. Takes some seconds. */
export async function bundleFunctions(folder: string, functionNames: readonly string[]): Promise<Bundles> {
  await Promise.all(functionNames.map((functionName) => write(folder, functionName)));
  return { entryOf: (functionName) => entryIn(folder, functionName) };
}

async function write(folder: string, functionName: string): Promise<void> {
  const { files } = await bundle(functionName);
  await mkdir(join(folder, functionName), { recursive: true });
  await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder, functionName, name), bytes)));
}
