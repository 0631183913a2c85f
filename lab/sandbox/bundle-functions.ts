import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Where the functions are, one file each, as they are packaged. */
export interface Bundles {
  /** The module that exports `handler`. */
  entryOf(functionName: string): string;
}

const sourceOf = (functionName: string): string =>
  fileURLToPath(new URL(`../../functions/${functionName}.ts`, import.meta.url));

/** Bundles functions into `folder` with the settings of serverless.yml. Takes about a second. */
export async function bundleFunctions(folder: string, functionNames: readonly string[]): Promise<Bundles> {
  await build({
    entryPoints: functionNames.map(sourceOf),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    // Without this order the SDK's ESM build fails at run time: Dynamic require of "node:https".
    mainFields: ['module', 'main'],
    conditions: ['node', 'module'],
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    logLevel: 'error',
  });
  return { entryOf: (functionName) => join(folder, `${functionName}.mjs`) };
}
