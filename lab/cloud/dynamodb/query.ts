import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { parseCondition } from './condition.ts';
import type { Table } from './table.ts';
import { makeScope, type Scope, tokenize, validationException } from './tokens.ts';
import { compare, type Item } from './values.ts';

const pageBytesMax = 1_048_576;

export interface QueryResult {
  readonly Items: readonly Item[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Record<string, AttributeValue>;
}

/** A page ends at `Limit` items or 1 MB; the filter is applied after that, as in DynamoDB. */
export function queryTable(table: Table, items: readonly Item[], input: QueryCommandInput): QueryResult {
  const scope = makeScope(input);
  const isMatch = parseCondition(checkedKeyCondition(table, input, scope), scope);
  const filter = input.FilterExpression === undefined ? undefined : parseCondition(input.FilterExpression, scope);
  scope.assertAllUsed();
  const ordered = table.inKeyOrder(items.filter(isMatch));
  const directed = input.ScanIndexForward === false ? ordered.toReversed() : ordered;
  const { page, isCut } = cutPage(after(table, directed, input), input.Limit ?? Number.POSITIVE_INFINITY);
  const found = filter === undefined ? page : page.filter(filter);
  const last = page.at(-1);
  const more = isCut && last !== undefined ? { LastEvaluatedKey: table.primaryKey(last) } : {};
  return { Items: found, Count: found.length, ScannedCount: page.length, ...more };
}

/** The partition key must be compared by =, and nothing but AND may join it to the sort key. */
function checkedKeyCondition(table: Table, input: QueryCommandInput, scope: Scope): string {
  const expression = input.KeyConditionExpression ?? '';
  const tokens = tokenize(expression, scope).list;
  const names = tokens.map((token) => (token.startsWith('#') ? scope.name(token) : token));
  const at = names.indexOf(table.seed.partitionKey);
  const isJoined = tokens.every((token) => !['OR', 'NOT', '<>'].includes(token.toUpperCase()));
  if (at !== -1 && names[at + 1] === '=' && isJoined) return expression;
  throw validationException('Query condition missed key schema element, or it is not a key condition');
}

function after(table: Table, items: readonly Item[], input: QueryCommandInput): readonly Item[] {
  const { ExclusiveStartKey: start, ScanIndexForward } = input;
  const { sortKey } = table.seed;
  if (start === undefined || sortKey === undefined) return items;
  const sign = ScanIndexForward === false ? -1 : 1;
  return items.filter((item) => sign * (compare(item[sortKey] ?? { S: '' }, start[sortKey] ?? { S: '' }) ?? 0) > 0);
}

/** DynamoDB hands out a key to go on with whenever it stopped at a limit, even if nothing follows. */
function cutPage(items: readonly Item[], limit: number): { page: readonly Item[]; isCut: boolean } {
  const page: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += bytesOf(item);
    if (page.length === limit || (bytes > pageBytesMax && page.length > 0)) break;
    page.push(item);
  }
  return { page, isCut: page.length < items.length || page.length === limit };
}

/** Items are never changed, only replaced: each is measured once. */
const measured = new WeakMap<Item, number>();

export function bytesOf(item: Item): number {
  const bytes = measured.get(item) ?? Buffer.byteLength(JSON.stringify(item));
  measured.set(item, bytes);
  return bytes;
}
