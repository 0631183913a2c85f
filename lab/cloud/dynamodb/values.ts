import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;
/** A document path of map keys; list indexes are not simulated. */
export type Path = readonly string[];

export function readPath(item: Item, path: Path): AttributeValue | undefined {
  const [head, ...rest] = path;
  const value = head === undefined ? undefined : item[head];
  return rest.length === 0 ? value : readPath(value?.M ?? {}, rest);
}

/** A copy of the item with the value at the path, or without it; undefined when a parent on the path is no map. */
export function writePath(item: Item, path: Path, value: AttributeValue | undefined): Item | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return undefined;
  if (rest.length === 0) {
    const { [head]: _old, ...others } = item;
    return value === undefined ? others : { ...others, [head]: value };
  }
  const inner = item[head]?.M;
  const written = inner && writePath(inner, rest, value);
  return written && { ...item, [head]: { M: written } };
}

/** Numbers are equal by value ("1" and "1.0"), everything else by type and content. */
export function isEqual(a: AttributeValue, b: AttributeValue): boolean {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) === Number(b.N);
  // A query compares the key of every item with one text.
  if (a.S !== undefined && b.S !== undefined) return a.S === b.S;
  return isDeepStrictEqual(a, b);
}

/** Negative, zero or positive for two strings (by UTF-8 bytes) or two numbers; undefined when they do not compare. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  if (a.S !== undefined && b.S !== undefined) return compareTexts(a.S, b.S);
  return undefined;
}

/** By code units, which is the order of UTF-8 as long as there are no surrogates, and ten times as fast. */
function compareTexts(a: string, b: string): number {
  if (surrogates.test(a) || surrogates.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a < b ? -1 : 1;
}
const surrogates = /[\ud800-\udfff]/;

/** Whole numbers are added exactly, as DynamoDB does up to 38 digits. */
export function addNumbers(a: string, b: string, sign: 1 | -1): AttributeValue {
  const isWhole = /^-?\d+$/.test(a) && /^-?\d+$/.test(b);
  return { N: String(isWhole ? BigInt(a) + BigInt(sign) * BigInt(b) : Number(a) + sign * Number(b)) };
}
