import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';

/**
 * Completes package-lock.json. Tools with native parts name one optional package for each platform. npm leaves those out of
 * the lockfile that the registry in use does not have, and `npm ci` then rejects the lockfile as incomplete, on every
 * platform. What is added has no integrity hash: npm checks it on the platforms that have one here.
 */
const Locked = z.looseObject({
  version: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});
const Lockfile = z.looseObject({ packages: z.record(z.string(), Locked) });
type Lockfile = z.infer<typeof Lockfile>;

export interface Missing {
  readonly name: string;
  readonly version: string;
  /** An entry of the same package for another platform. */
  readonly sibling: string | undefined;
}

/** Optional packages that a locked package asks for and the lockfile does not have. */
export function missingIn({ packages }: Lockfile): readonly Missing[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies }]) => {
    const pathOf = (name: string): string | undefined =>
      [`${parent}/node_modules/${name}`, `node_modules/${name}`].find((path) => path in packages);
    const sibling = Object.keys(optionalDependencies)
      .map(pathOf)
      .find((path) => path !== undefined);
    return Object.entries(optionalDependencies)
      .filter(([name]) => pathOf(name) === undefined)
      .map(([name, version]) => ({ name, version, sibling }));
  });
}

export const lockfileIn = (text: string): Lockfile => Lockfile.parse(JSON.parse(text));

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

/** `@biomejs/cli-linux-x64-musl` → linux, x64, musl: platform packages are named after what they run on. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const words = name.split(/[/-]/);
  const at = words.findIndex((word) => systems.includes(word));
  const [os, cpu, abi] = words.slice(at);
  if (at < 0 || os === undefined || cpu === undefined) throw new Error(`${name} does not say which platform it is for`);
  const libc = abi === 'musl' ? ['musl'] : abi === 'gnu' ? ['glibc'] : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc }) };
}

async function complete(path: URL): Promise<void> {
  const text = await readFile(path, 'utf8');
  const lockfile = JSON.parse(text);
  const missing = missingIn(lockfileIn(text));
  for (const { name, sibling, version } of missing) {
    const { dev, engines, license } = lockfile.packages[sibling ?? ''] ?? {};
    const { cpu, libc, os } = platformOf(name);
    lockfile.packages[`node_modules/${name}`] = { version, cpu, dev, libc, license, optional: true, os, engines };
  }
  const sorted = Object.entries(lockfile.packages).sort(([one], [other]) => one.localeCompare(other, 'en'));
  await writeFile(path, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`${missing.length} packages of other platforms added to package-lock.json`);
}

if (import.meta.main) await complete(new URL('../package-lock.json', import.meta.url));
