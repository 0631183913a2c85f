import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Text of a file, by its path in the repository. */
export const textOf = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** Paths in the repository, sorted. */
export const filesOf = (...patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], { cwd: root, exclude: (path) => path.split('/').includes('node_modules') }).sort();

/** `shared/steps/flip-dns.ts` → `flip-dns` */
export const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.[^.]+$/, '');

/** `flip-dns` → `FlipDns` */
export const pascal = (id: string): string =>
  id.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
