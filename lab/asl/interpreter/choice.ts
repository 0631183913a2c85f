import { UnsupportedDefinition } from '../definition.ts';
import { missing, read, type Scope } from './paths.ts';

type Rule = Readonly<Record<string, unknown>>;
type Test = (found: unknown, wanted: unknown) => boolean;

const tests: Readonly<Record<string, Test>> = {
  StringEquals: (found, wanted) => typeof found === 'string' && found === wanted,
  BooleanEquals: (found, wanted) => typeof found === 'boolean' && found === wanted,
  NumericEquals: (found, wanted) => typeof found === 'number' && found === wanted,
  NumericLessThan: (found, wanted) => typeof found === 'number' && found < Number(wanted),
  NumericGreaterThan: (found, wanted) => typeof found === 'number' && found > Number(wanted),
  IsNull: (found, wanted) => (found === null) === wanted,
};

/**
 * Whether one rule of a Choice state holds. A variable that is not there fails the comparison instead of the execution:
 * AWS would raise States.Runtime, and a contract test makes sure that our rules ask IsPresent first.
 * @throws UnsupportedDefinition for a comparison that our machines do not use
 */
export function holds(rule: Rule, scope: Scope): boolean {
  const { And, Next: _next, Not, Or, Variable, ...comparison } = rule;
  if (Array.isArray(And)) return And.every((one: Rule) => holds(one, scope));
  if (Array.isArray(Or)) return Or.some((one: Rule) => holds(one, scope));
  if (typeof Not === 'object' && Not !== null) return !holds(Not as Rule, scope);
  const found = read(String(Variable), scope);
  return Object.entries(comparison).every(([name, wanted]) => compare(name, found, wanted));
}

function compare(name: string, found: unknown, wanted: unknown): boolean {
  if (name === 'IsPresent') return (found !== missing) === wanted;
  const test = tests[name];
  if (test === undefined) throw new UnsupportedDefinition(`the interpreter does not know ${name}`);
  return found !== missing && test(found, wanted);
}
