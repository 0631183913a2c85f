import { UnsupportedDefinition } from '../definition.ts';

/** What a path may read: the state's data behind `$`, the execution's context behind `$$`. */
export interface Scope {
  readonly data: unknown;
  readonly context: unknown;
}

/** Tells a path that finds nothing from one that finds null. */
export const missing = Symbol('missing');

/**
 * Reference paths only (`$.a.b`, `$[0].a`, `$$.Execution.Name`), which is all that our machines use.
 * https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
 */
export function read(path: string, { context, data }: Scope): unknown {
  const from = path.startsWith('$$') ? context : data;
  return partsOf(path.replace(/^\$+/, ''), path).reduce<unknown>(member, from);
}

/** A copy of `data` with the value put where the path says; `$` replaces all of it. */
export function put(path: string, data: unknown, value: unknown): unknown {
  return putAt(partsOf(path.slice(1), path), data, value);
}

/** A Parameters or ResultSelector template: fields that end in `.$` are read, all others stay. */
export function filled(template: unknown, scope: Scope): unknown {
  if (Array.isArray(template)) return template.map((element) => filled(element, scope));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), evaluated(String(value), scope)] : [key, filled(value, scope)],
    ),
  );
}

/** A path, or `States.Format('… {} …', path, …)`. @throws PathError when a path finds nothing */
export function evaluated(expression: string, scope: Scope): unknown {
  const format = /^States\.Format\('((?:[^'\\]|\\.)*)'((?:,\s*\$[^,)]+)*)\)$/.exec(expression);
  if (format !== null) return formatted(format[1] ?? '', format[2] ?? '', scope);
  if (!expression.startsWith('$')) throw new UnsupportedDefinition(`the interpreter does not know ${expression}`);
  const found = read(expression, scope);
  if (found === missing) throw new PathError(`${expression} finds nothing`);
  return found;
}

/** The error that Step Functions raises then; `States.ALL` does not match it there, and our machines never expect it. */
class PathError extends Error {
  override readonly name = 'States.Runtime';
}

function formatted(template: string, list: string, scope: Scope): string {
  const values = list
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
    .map((path) => evaluated(path, scope));
  let next = 0;
  return template.replaceAll('{}', () => String(values[next++]));
}

function partsOf(text: string, path: string): readonly (string | number)[] {
  const parts = [...text.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]/g)];
  if (parts.map(([whole]) => whole).join('') !== text)
    throw new UnsupportedDefinition(`the path ${path} is not simple`);
  return parts.map(([, name, index]) => name ?? Number(index));
}

function member(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return missing;
  return (value as Record<string | number, unknown>)[part];
}

function putAt([first, ...rest]: readonly (string | number)[], data: unknown, value: unknown): unknown {
  if (first === undefined) return value;
  const inner = member(data, first);
  const changed = putAt(rest, inner === missing ? {} : inner, value);
  return typeof data === 'object' && data !== null ? { ...data, [first]: changed } : { [first]: changed };
}
