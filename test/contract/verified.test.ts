import { expect, it } from 'vitest';
import { checks } from '../../verify/checks/registry.ts';
import { filesOf, textOf } from './files.ts';

/** The check of each row: the first code word of its second column. */
const rows = [...textOf('docs/verified.md').matchAll(/^\| .+? \| `([\w-]+)`:/gm)].map(([, id]) => id);

it('docs/verified.md has a row for every check of npm run verify, and no other', () => {
  expect(rows).toEqual(checks.map(({ id }) => id));
});

it('every check stands in the registry once', () => {
  const exported = filesOf('verify/checks/*.ts').flatMap((path) =>
    [...textOf(path).matchAll(/^ {2}id: '([\w-]+)'/gm)].map(([, id]) => id),
  );
  expect(exported.toSorted()).toEqual(checks.map(({ id }) => id).toSorted());
});

it('every package of npm run verify is pinned and hashed', () => {
  const lines = textOf('verify/requirements.txt').split('\n');
  const named = lines.filter((line) => /^[\w.[\]-]+/.test(line));
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((line) => !/^[\w.[\]-]+==\S+ \\$/.test(line))).toEqual([]);
});
