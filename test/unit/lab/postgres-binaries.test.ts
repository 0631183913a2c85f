import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateNative, prepareNative } from '../../../lab/gameday/postgres/binaries.ts';
import { parsePasswd } from '../../../lab/gameday/postgres/operating-user.ts';
import { openWorkplace, type Workplace } from '../../../lab/gameday/processes/workplace.ts';

const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 };

let workplace: Workplace;
let packageDirectory: string;
let native: string;

beforeEach(async () => {
  workplace = await openWorkplace();
  packageDirectory = mkdtempSync(join(tmpdir(), 'native-package-'));
  native = join(packageDirectory, 'native');
  for (const directory of ['bin', 'lib']) mkdirSync(join(native, directory), { recursive: true });
  writeFileSync(join(native, 'bin', 'postgres'), 'program', { mode: 0o755 });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library');
  chmodSync(packageDirectory, 0o755);
});

afterEach(async () => {
  await workplace.close();
  rmSync(packageDirectory, { recursive: true });
});

test('the binaries of this platform are found through Node resolution', () => {
  expect(existsSync(join(locateNative(), 'bin', 'postgres'))).toBe(true);
});

test('a platform without binaries is refused with what to do instead', () => {
  expect(() => locateNative('win32-x64')).toThrow(/no PostgreSQL for win32-x64.*Linux container/);
});

test('a supported platform whose package is missing is refused with the command to run', () => {
  const other = process.platform === 'darwin' ? 'linux-arm64' : 'darwin-arm64';
  expect(() => locateNative(other)).toThrow(/is not installed.*npm install/);
});

test('passwd entries are read with their ids, and other lines are passed over', () => {
  const text =
    'root:x:0:0:root:/root:/bin/bash\n# note\n\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';
  expect(parsePasswd(text)).toEqual([
    { name: 'root', uid: 0, gid: 0 },
    { name: 'nobody', uid: 65534, gid: 65533 },
  ]);
});

test('complete binaries that their user can reach are used where they lie', () => {
  expect(prepareNative(native, workplace, NOBODY)).toBe(native);
  expect(prepareNative(native, workplace, undefined)).toBe(native);
});

test('binaries in a directory closed to their user are copied to the workplace', () => {
  chmodSync(packageDirectory, 0o700);
  const copy = prepareNative(native, workplace, NOBODY);
  expect(copy.startsWith(workplace.directory)).toBe(true);
  expect(readFileSync(join(copy, 'bin', 'postgres'), 'utf8')).toBe('program');
});

test('missing library links are made in a copy, and the package is left as it was', () => {
  const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([link]));
  const copy = prepareNative(native, workplace, undefined);
  expect(readlinkSync(join(copy, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(existsSync(join(native, 'lib', 'libpq.so.5'))).toBe(false);
});
