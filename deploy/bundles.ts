import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { zipSync } from 'fflate';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface Bundle {
  readonly name: string;
  /** What is packaged, by file name. `index.mjs` is what Lambda loads, and what that imports without waiting. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Bytes that are loaded before the first event. */
  readonly initialBytes: number;
}

/** The functions, from their folder: `functions/flip-dns.ts` is `flip-dns`. */
export const functionNames = (): readonly string[] =>
  globSync('functions/[!_]*.ts', { cwd: root })
    .map((path) => basename(path, '.ts'))
    .sort();

/** One function with all that it needs; what it may never need lies in files of its own. docs/adr/0022 has the numbers. */
export async function bundle(name: string): Promise<Bundle> {
  const entry = `functions/${name}.ts`;
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    legalComments: 'none',
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    // Without this order the SDK fails at run time: Dynamic require of "node:https".
    mainFields: ['module', 'main'],
    conditions: ['node', 'module'],
    alias: { '@aws-sdk/credential-provider-node': join(root, 'deploy/lambda-credentials.ts') },
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  const files = outputFiles.map(({ contents, path }) => [basename(path), contents] as const);
  return { name, files: Object.fromEntries(files), initialBytes: initialBytesOf(metafile) };
}

function initialBytesOf({ outputs }: Metafile): number {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: imported } of output.imports) if (kind === 'import-statement') load(imported);
  };
  load('out/index.mjs');
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

/** The earliest time that a ZIP file can hold. */
const noTime = '1980-01-01T00:00:00';

/** The same files make the same bytes, so that what has not changed is no new version. */
export function packed({ files }: Bundle, plans: string): { readonly zip: Uint8Array; readonly hash: string } {
  const all = { ...files, 'plans.json': new TextEncoder().encode(plans) };
  const zip = zipSync(all, { mtime: noTime, level: 9 });
  return { zip, hash: createHash('sha256').update(zip).digest('hex') };
}
