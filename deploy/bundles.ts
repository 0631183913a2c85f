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

/**
 * Functions with all that they need; what one may never need lies in files of its own. docs/adr/0022 has the numbers. They
 * are built at once, which takes a second where one by one took a quarter of a minute; each gets the files that it can reach.
 */
export async function bundle(names: readonly string[]): Promise<readonly Bundle[]> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `functions/${name}.ts`, out: name })),
    outdir,
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
  const contents = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  return names.map((name) => bundleOf(name, metafile, contents));
}

const outdir = 'out';

function bundleOf(name: string, metafile: Metafile, contents: ReadonlyMap<string, Uint8Array>): Bundle {
  const entry = `${name}.mjs`;
  const entries = reachable(metafile, entry, ['import-statement', 'dynamic-import']).map((file) => {
    const content = contents.get(file);
    if (content === undefined) throw new Error(`esbuild has not written ${file}, which ${entry} imports`);
    return [file === entry ? 'index.mjs' : file, content] as const;
  });
  const initial = reachable(metafile, entry, ['import-statement']).flatMap((file) => contents.get(file) ?? []);
  const initialBytes = initial.reduce((sum, { length }) => sum + length, 0);
  return { name, files: Object.fromEntries(entries), initialBytes };
}

/** Names of files, the entry first. */
function reachable({ outputs }: Metafile, entry: string, kinds: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || seen.has(path)) return;
    seen.add(path);
    for (const { kind, path: imported } of output.imports) if (kinds.includes(kind)) visit(imported);
  };
  visit(`${outdir}/${entry}`);
  return [...seen].map((path) => basename(path));
}

/** The earliest time that a ZIP file can hold. */
const noTime = '1980-01-01T00:00:00';

/** The same files make the same bytes, so that what has not changed is no new version. */
export function packed({ files }: Bundle, plans: string): { readonly zip: Uint8Array; readonly hash: string } {
  const all = { ...files, 'plans.json': new TextEncoder().encode(plans) };
  const zip = zipSync(all, { mtime: noTime, level: 9 });
  return { zip, hash: createHash('sha256').update(zip).digest('hex') };
}
