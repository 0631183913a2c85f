import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { kindsPage, kindsPagePath } from '../../tools/docs.ts';
import { filesOf, textOf } from './files.ts';

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(textOf('package.json')));
const pages = filesOf('*.md', 'docs/**/*.md', 'shared/kinds/*/README.md');
const sources = filesOf(
  '{functions,shared,deploy,cli,lab,tools,test}/**/*.{ts,cjs}',
  '*.yml',
  '.dependency-cruiser.cjs',
  ...pages,
);

it.each(Object.entries(scripts))('npm run %s starts a file that exists', (_name, command) => {
  const started = [...command.matchAll(/\bnode (\S+\.ts)/g)].map(([, file]) => file ?? '');
  expect(started.filter((file) => filesOf(file).length === 0)).toEqual([]);
});

describe.each(pages)('%s', (page) => {
  it('names only npm scripts that exist', () => {
    const named = [...textOf(page).matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test)\b)/g)];
    const missing = named.map(([, script, test]) => script ?? test ?? '').filter((script) => !(script in scripts));
    expect(missing).toEqual([]);
  });

  it('links only to files that exist', () => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });
});

it('every ADR that is mentioned exists', () => {
  const mentioned = sources.flatMap((path) => textOf(path).match(/docs\/adr\/\d{4}/g) ?? []);
  const missing = [...new Set(mentioned)].filter((start) => filesOf(`${start}-*.md`).length === 0);
  expect(missing).toEqual([]);
});

it('docs/kinds.md is what the code says: npm run docs brings it up to date', async () => {
  expect(textOf(kindsPagePath)).toBe(await kindsPage());
});

it('README.md begins with the two commands that show the thing working', () => {
  const [game, test] = ['npm ci && npm run gameday', 'npm ci && npm test'];
  const beginning = textOf('README.md').split('\n').slice(0, 12).join('\n');
  expect(beginning).toContain(game);
  expect(beginning).toContain(test);
});
