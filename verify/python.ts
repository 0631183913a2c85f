import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed, tryProgram } from './program.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const home = fileURLToPath(new URL('../.venv/', import.meta.url));
const candidates = ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9'];
const oldest = { major: 3, minor: 9 } as const;
const installTimeoutMs = 900_000;

/**
 * A virtual environment with exactly what requirements.txt names, by hash. One is made for each Python and each content
 * of that file, in a folder that git ignores, and used again.
 * @returns the folder of its programs
 * @throws Error when there is no Python that would do, or when the packages cannot be had
 */
export async function openPython(say: (line: string) => void): Promise<string> {
  const python = await findPython();
  const pins = await readFile(requirements);
  const hash = createHash('sha256').update(pins).update(python.version).digest('hex').slice(0, 12);
  const folder = join(home, `verify-${hash}`);
  const programs = join(folder, 'bin');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return programs;
  say(`${python.version}: installing what verify/requirements.txt names (about a minute)`);
  await rm(folder, { recursive: true, force: true });
  await succeed(python.command, ['-m', 'venv', folder], { timeoutMs: 120_000 });
  const install = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '-r',
    requirements,
  ];
  await succeed(join(programs, 'python'), install, { timeoutMs: installTimeoutMs });
  await writeFile(complete, '');
  return programs;
}

interface Python {
  readonly command: string;
  /** As it says itself: `Python 3.11.7`. */
  readonly version: string;
}

async function findPython(): Promise<Python> {
  const wanted = process.env['PYTHON'] === undefined ? candidates : [process.env['PYTHON']];
  const found: Python[] = [];
  for (const command of wanted) {
    const { code, output } = await tryProgram(command, ['--version'], { timeoutMs: 10_000 });
    const version = /^Python \d+\.\d+\.\d+/m.exec(output)?.[0];
    if (code === 0 && version !== undefined) found.push({ command, version });
  }
  const fitting = found.find(({ version }) => isNewEnough(version));
  if (fitting !== undefined) return fitting;
  const seen = found.length === 0 ? 'none was found' : `found only ${found.map(({ version }) => version).join(', ')}`;
  throw new Error(
    `npm run verify needs Python ${oldest.major}.${oldest.minor} or later with its module venv, and ${seen}. ` +
      'Install it (Debian: apt-get install python3-venv) or name one: PYTHON=/path/to/python3 npm run verify',
  );
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace('Python ', '').split('.').map(Number);
  return major === oldest.major && minor >= oldest.minor;
}
