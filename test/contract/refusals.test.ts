import { describe, expect, it } from 'vitest';
import { refusals } from '../../shared/domain/refusals.ts';
import { filesOf, textOf } from './files.ts';

const codes = Object.keys(refusals);
const documented = textOf('docs/refusals.md').split(/^## /m).slice(1);
const sectionOf = (code: string): string => documented.find((section) => section.startsWith(`\`${code}\`\n`)) ?? '';

/** Refusals are literals of a union, so a code that is produced stands in the source, in quotes. */
const mentioning = (code: string, paths: readonly string[]): readonly string[] =>
  paths.filter((path) => textOf(path).includes(`'${code}'`));

const sources = filesOf('shared/**/*.ts').filter((path) => path !== 'shared/domain/refusals.ts');
const tests = filesOf('test/**/*.test.ts').filter((path) => !path.startsWith('test/contract/'));

describe('every refusal', () => {
  it.each(codes)('%s is documented: what it means, when it comes, what to do', (code) => {
    expect(sectionOf(code)).toMatch(/^\*\*Meaning\.\*\* .+^\*\*When\.\*\* .+^\*\*What to do\.\*\* .+/ms);
  });

  it.each(codes)('%s is produced somewhere', (code) => {
    expect(mentioning(code, sources)).not.toEqual([]);
  });

  it.each(codes)('%s is provoked by a test', (code) => {
    expect(mentioning(code, tests)).not.toEqual([]);
  });
});

it('no refusal is documented that does not exist', () => {
  const headings = documented.map((section) => section.match(/^`([a-z-]+)`\n/)?.[1] ?? section.split('\n')[0]);
  expect(headings.sort()).toEqual([...codes].sort());
});
