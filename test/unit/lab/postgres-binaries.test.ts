import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateNative } from '../../../lab/gameday/postgres/binaries.ts';
import { parsePasswd } from '../../../lab/gameday/postgres/operating-user.ts';

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
