import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { type PlantedBug, plantedBugs } from './bugs.ts';

const root = new URL('../../../', import.meta.url);

/** @throws Error for a name that is none */
export function bugNamed(name: string): PlantedBug {
  const found = plantedBugs.find((bug) => bug.name === name);
  if (found === undefined) throw new Error(`there is no planted bug ${name}`);
  return found;
}

export const sourceOf = ({ file }: Pick<PlantedBug, 'file'>): string => readFileSync(new URL(file, root), 'utf8');

/** The source with the bug in it. @throws Error when its place is not found exactly once: the code has moved on */
export function withBug({ find, name, replace }: PlantedBug, source: string): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${name} no longer finds its place`);
  return `${before}${replace}${after}`;
}

/** From then on the file is loaded with the bug in it, in this thread only. To be called before anything loads it. */
export function plant(bug: PlantedBug): void {
  const url = new URL(bug.file, root).href;
  registerHooks({
    load: (asked, context, next) => {
      const loaded = next(asked, context);
      return asked === url ? { ...loaded, source: withBug(bug, String(loaded.source)) } : loaded;
    },
  });
}
