import { type AttributeValue, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { isReservedWord } from './reserved-words.ts';
import type { Path } from './values.ts';

export const validationException = (message: string): DynamoDBServiceException =>
  new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message,
    $metadata: { httpStatusCode: 400 },
  });

export interface Substitutions {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>> | undefined;
}

/** Resolves `#name` and `:value`, and knows afterwards which of them no expression used. */
export interface Scope {
  name(token: string): string;
  value(token: string): AttributeValue;
  /** @throws ValidationException as DynamoDB does for a substitution that nothing uses */
  assertAllUsed(): void;
}

export function makeScope(given: Substitutions): Scope {
  const used = new Set<string>();
  const lookup = <T>(field: string, values: Readonly<Record<string, T>> | undefined, token: string): T => {
    const value = values?.[token];
    used.add(token);
    if (value === undefined) throw validationException(`An ${field} used in the expression is not defined: ${token}`);
    return value;
  };
  return {
    name: (token) => lookup('expression attribute name', given.ExpressionAttributeNames, token),
    value: (token) => lookup('expression attribute value', given.ExpressionAttributeValues, token),
    assertAllUsed: () => {
      const all = [given.ExpressionAttributeNames, given.ExpressionAttributeValues].flatMap((one) =>
        Object.keys(one ?? {}),
      );
      const unused = all.filter((token) => !used.has(token));
      if (unused.length > 0) throw validationException(`Value provided is unused in expressions: keys: {${unused}}`);
    },
  };
}

/** A cursor over the words and signs of one expression. */
export interface Tokens {
  readonly scope: Scope;
  readonly list: readonly string[];
  at: number;
}

/** Few expressions are sent again and again: each is cut into its tokens once. */
const cut = new Map<string, readonly string[]>();

export function tokenize(expression: string, scope: Scope): Tokens {
  const list = cut.get(expression) ?? expression.match(/<>|<=|>=|[#:]?\w+|\S/g) ?? [];
  cut.set(expression, list);
  return { scope, list, at: 0 };
}

export const peek = (tokens: Tokens): string => tokens.list[tokens.at] ?? '';

export function next(tokens: Tokens): string {
  const token = peek(tokens);
  tokens.at += 1;
  return token;
}

/** Consumes the token when it is the wanted one (keywords in any case). */
export function accept(tokens: Tokens, wanted: string): boolean {
  if (peek(tokens).toUpperCase() !== wanted.toUpperCase()) return false;
  tokens.at += 1;
  return true;
}

export function expect(tokens: Tokens, wanted: string): void {
  if (!accept(tokens, wanted)) throw syntaxError(tokens, wanted);
}

export function assertEnd(tokens: Tokens): void {
  if (peek(tokens) !== '') throw syntaxError(tokens, 'the end');
}

export const syntaxError = (tokens: Tokens, wanted: string): DynamoDBServiceException =>
  validationException(`Invalid expression: expected ${wanted} at token "${peek(tokens)}" of ${tokens.list.join(' ')}`);

/** name { "." name } */
export function parsePath(tokens: Tokens): Path {
  const path = [parseName(tokens)];
  while (accept(tokens, '.')) path.push(parseName(tokens));
  return path;
}

function parseName(tokens: Tokens): string {
  const token = peek(tokens);
  if (token.startsWith('#')) return tokens.scope.name(next(tokens));
  if (!/^[A-Za-z]\w*$/.test(token)) throw syntaxError(tokens, 'an attribute name');
  if (isReservedWord(token)) {
    throw validationException(`Invalid expression: Attribute name is a reserved keyword; reserved keyword: ${token}`);
  }
  return next(tokens);
}
