import { expect, it } from 'vitest';
import { lockfileIn, missingIn } from '../../tools/lockfile.ts';
import { textOf } from './files.ts';

it('npm ci accepts the lockfile: it has every platform’s packages, or node tools/lockfile.ts adds them', () => {
  expect(missingIn(lockfileIn(textOf('package-lock.json'))).map(({ name }) => name)).toEqual([]);
});
