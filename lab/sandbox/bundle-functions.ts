import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bundle, bundle } from '../../deploy/bundles.ts';

/** Where the functions are, as they are packaged. */
export interface Bundles {
  /** The module that exports `handler`. */
  entryOf(functionName: string): string;
}

export const entryIn = (folder: string, functionName: string): string => join(folder, functionName, 'index.mjs');

/** Builds functions into `folder` as `npm run package` does, file by file. Takes about a second. */
export async function bundleFunctions(folder: string, functionNames: readonly string[]): Promise<Bundles> {
  const bundles = await bundle(functionNames);
  await Promise.all(bundles.map((one) => write(folder, one)));
  return { entryOf: (functionName) => entryIn(folder, functionName) };
}

async function write(folder: string, { files, name }: Bundle): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await Promise.all(Object.entries(files).map(([file, bytes]) => writeFile(join(folder, name, file), bytes)));
}
