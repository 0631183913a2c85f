import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { notSimulated } from '../errors.ts';
import {
  accept,
  assertEnd,
  expect,
  next,
  parsePath,
  peek,
  type Scope,
  syntaxError,
  type Tokens,
  tokenize,
} from './tokens.ts';
import { compare, type Item, isEqual, type Path, readPath } from './values.ts';

export type Condition = (item: Item) => boolean;
type Operand = (item: Item) => AttributeValue | undefined;

/**
 * Compiles a ConditionExpression, FilterExpression or KeyConditionExpression. Simulated are = <> < <= > >=, BETWEEN, AND,
 * OR, NOT, parentheses, attribute_exists, attribute_not_exists and begins_with; anything else is refused.
 */
export function parseCondition(expression: string, scope: Scope): Condition {
  const tokens = tokenize(expression, scope);
  const condition = parseOr(tokens);
  assertEnd(tokens);
  return condition;
}

function parseOr(tokens: Tokens): Condition {
  const parts = [parseAnd(tokens)];
  while (accept(tokens, 'OR')) parts.push(parseAnd(tokens));
  return (item) => parts.some((part) => part(item));
}

function parseAnd(tokens: Tokens): Condition {
  const parts = [parseNot(tokens)];
  while (accept(tokens, 'AND')) parts.push(parseNot(tokens));
  return (item) => parts.every((part) => part(item));
}

function parseNot(tokens: Tokens): Condition {
  if (accept(tokens, 'NOT')) {
    const inner = parseNot(tokens);
    return (item) => !inner(item);
  }
  if (!accept(tokens, '(')) return isCall(tokens) ? parseFunction(tokens) : parseComparison(tokens);
  const inner = parseOr(tokens);
  expect(tokens, ')');
  return inner;
}

const isCall = (tokens: Tokens): boolean => tokens.list[tokens.at + 1] === '(';

function parseFunction(tokens: Tokens): Condition {
  const name = next(tokens);
  expect(tokens, '(');
  const condition = parseArguments(name, tokens);
  expect(tokens, ')');
  return condition;
}

function parseArguments(name: string, tokens: Tokens): Condition {
  if (name === 'attribute_exists' || name === 'attribute_not_exists') {
    const path: Path = parsePath(tokens);
    return (item) => (readPath(item, path) !== undefined) === (name === 'attribute_exists');
  }
  if (name !== 'begins_with') throw notSimulated('DynamoDB', `the function ${name}`);
  const operand = parseOperand(tokens);
  expect(tokens, ',');
  const prefix = parseOperand(tokens);
  return (item) => operand(item)?.S?.startsWith(prefix(item)?.S ?? '\u0000') ?? false;
}

const comparators: Readonly<Record<string, (a: AttributeValue, b: AttributeValue) => boolean>> = {
  '=': isEqual,
  '<>': (a, b) => !isEqual(a, b),
  '<': (a, b) => (compare(a, b) ?? 0) < 0,
  '<=': (a, b) => (compare(a, b) ?? 1) <= 0,
  '>': (a, b) => (compare(a, b) ?? 0) > 0,
  '>=': (a, b) => (compare(a, b) ?? -1) >= 0,
};

/** A comparison with an attribute that is not there is false, except that it is "not equal" to anything. */
function parseComparison(tokens: Tokens): Condition {
  const left = parseOperand(tokens);
  if (accept(tokens, 'BETWEEN')) return parseBetween(left, tokens);
  const sign = next(tokens);
  const comparator = comparators[sign];
  if (comparator === undefined) {
    if (/^\w+$/.test(sign)) throw notSimulated('DynamoDB', `the operator ${sign}`);
    throw syntaxError(tokens, 'a comparator');
  }
  const right = parseOperand(tokens);
  return (item) => {
    const [a, b] = [left(item), right(item)];
    return a === undefined || b === undefined ? sign === '<>' : comparator(a, b);
  };
}

function parseBetween(operand: Operand, tokens: Tokens): Condition {
  const low = parseOperand(tokens);
  expect(tokens, 'AND');
  const high = parseOperand(tokens);
  return (item) => {
    const [value, from, to] = [operand(item), low(item), high(item)];
    if (value === undefined || from === undefined || to === undefined) return false;
    return (compare(value, from) ?? -1) >= 0 && (compare(value, to) ?? 1) <= 0;
  };
}

function parseOperand(tokens: Tokens): Operand {
  if (peek(tokens).startsWith(':')) {
    const value = tokens.scope.value(next(tokens));
    return () => value;
  }
  const path = parsePath(tokens);
  return (item) => readPath(item, path);
}
