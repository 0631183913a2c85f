import type { Spec } from './spec.ts';

/** PostgreSQL, pg_lsn: "two hexadecimal numbers of up to 8 digits each, separated by a slash". */
const lsn = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;
const decimal = /^\d{1,40}$/;

/** Above 0 when `one` is further than `other`; undefined when one of them is no position of this form. */
export function comparePositions(one: string, other: string, form: Spec['positions']): number | undefined {
  const [left, right] = [toNumber(one, form), toNumber(other, form)];
  if (left === undefined || right === undefined) return undefined;
  if (left === right) return 0;
  return left > right ? 1 : -1;
}

function toNumber(position: string, form: Spec['positions']): bigint | undefined {
  if (form === 'number') return decimal.test(position) ? BigInt(position) : undefined;
  const [, high, low] = lsn.exec(position) ?? [];
  return high === undefined || low === undefined ? undefined : (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
