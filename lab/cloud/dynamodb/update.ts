import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { notSimulated } from '../errors.ts';
import {
  accept,
  expect,
  next,
  parsePath,
  peek,
  type Scope,
  syntaxError,
  type Tokens,
  tokenize,
  validationException,
} from './tokens.ts';
import { addNumbers, type Item, type Path, readPath, writePath } from './values.ts';

/** One assignment; its value is computed from the item as it was before the update. */
export interface Assignment {
  readonly path: Path;
  /** undefined removes the attribute. */
  readonly value: (before: Item) => AttributeValue | undefined;
}

type Term = (before: Item) => AttributeValue;

/** Compiles an UpdateExpression: SET with + and - and if_not_exists, REMOVE, ADD (numbers); anything else is refused. */
export function parseUpdate(expression: string, scope: Scope): readonly Assignment[] {
  const tokens = tokenize(expression, scope);
  const assignments: Assignment[] = [];
  while (peek(tokens) !== '') assignments.push(...parseClause(tokens));
  const paths = assignments.map(({ path }) => path.join('.'));
  if (new Set(paths).size < paths.length) throw validationException('Two document paths overlap with each other');
  return assignments;
}

/** @throws ValidationException when a parent on a path is no map */
export function applyUpdate(before: Item, assignments: readonly Assignment[]): Item {
  return assignments.reduce((item, { path, value }) => {
    const written = writePath(item, path, value(before));
    if (written === undefined)
      throw validationException('The document path provided in the update expression is invalid for update');
    return written;
  }, before);
}

function parseClause(tokens: Tokens): readonly Assignment[] {
  const keyword = next(tokens).toUpperCase();
  const parsers: Readonly<Record<string, (tokens: Tokens) => Assignment>> = {
    SET: parseSet,
    REMOVE: (rest) => ({ path: parsePath(rest), value: () => undefined }),
    ADD: parseAdd,
  };
  const parser = parsers[keyword];
  if (parser === undefined) throw notSimulated('DynamoDB', `the update clause ${keyword}`);
  const assignments = [parser(tokens)];
  while (accept(tokens, ',')) assignments.push(parser(tokens));
  return assignments;
}

function parseSet(tokens: Tokens): Assignment {
  const path = parsePath(tokens);
  expect(tokens, '=');
  const left = parseTerm(tokens);
  const sign = accept(tokens, '+') ? 1 : accept(tokens, '-') ? -1 : undefined;
  if (sign === undefined) return { path, value: left };
  const right = parseTerm(tokens);
  return { path, value: (before) => addNumbers(numberOf(left(before)), numberOf(right(before)), sign) };
}

/** A number that is not there yet counts as 0. */
function parseAdd(tokens: Tokens): Assignment {
  const path = parsePath(tokens);
  const term = parseTerm(tokens);
  return {
    path,
    value: (before) => addNumbers(numberOf(readPath(before, path) ?? { N: '0' }), numberOf(term(before)), 1),
  };
}

function parseTerm(tokens: Tokens): Term {
  if (peek(tokens).startsWith(':')) {
    const value = tokens.scope.value(next(tokens));
    return () => value;
  }
  if (tokens.list[tokens.at + 1] === '(') return parseFunction(tokens);
  const path = parsePath(tokens);
  return (before) => {
    const value = readPath(before, path);
    if (value !== undefined) return value;
    throw validationException('The provided expression refers to an attribute that does not exist in the item');
  };
}

function parseFunction(tokens: Tokens): Term {
  const name = next(tokens);
  if (name !== 'if_not_exists') throw notSimulated('DynamoDB', `the function ${name}`);
  expect(tokens, '(');
  const path = parsePath(tokens);
  expect(tokens, ',');
  const otherwise = parseTerm(tokens);
  if (!accept(tokens, ')')) throw syntaxError(tokens, ')');
  return (before) => readPath(before, path) ?? otherwise(before);
}

function numberOf(value: AttributeValue): string {
  if (value.N !== undefined) return value.N;
  throw validationException('An operand in the update expression has an incorrect data type');
}
