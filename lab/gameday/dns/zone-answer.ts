import { isIPv4, isIPv6 } from 'node:net';
import type { Answer } from 'dns-packet';

const TXT_STRING_BYTES_MAX = 255;

/** One record set of an answer. Values are written as in a Route 53 record: SOA, SRV and TXT in their text form. */
export interface ZoneAnswer {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'NS' | 'SOA' | 'SRV';
  readonly ttlSeconds: number;
  readonly values: readonly string[];
}

/**
 * What the zone says, evaluated anew for every query: `name` arrives in lower case and without a final dot, `type` as
 * the mnemonic (`A`) or `UNKNOWN_<number>`.
 */
export type AnswerQuestion = (question: { readonly name: string; readonly type: string }) => {
  readonly authoritative: boolean;
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly answers: readonly ZoneAnswer[];
};

/** The resource records of one record set. Throws when a value does not have the form of its type. */
export function toResourceRecords(record: ZoneAnswer): readonly Answer[] {
  return record.values.map((value) => toResourceRecord(record, value));
}

function toResourceRecord({ name, type, ttlSeconds: ttl }: ZoneAnswer, value: string): Answer {
  if (type === 'SOA') return { name, type, ttl, data: soaData(value) };
  if (type === 'SRV') return { name, type, ttl, data: srvData(value) };
  if (type === 'TXT') return { name, type, ttl, data: txtStrings(value) };
  if (type === 'A' || type === 'AAAA') return { name, type, ttl, data: address(value, type) };
  return { name, type, ttl, data: withoutFinalDot(value) };
}

/** The encoder makes some address out of any text, so the check is here. */
function address(value: string, type: 'A' | 'AAAA'): string {
  if (type === 'A' ? isIPv4(value) : isIPv6(value)) return value;
  throw new Error(`The value "${value}" of an ${type} record is no address.`);
}

function soaData(value: string) {
  const [mname, rname, ...numbers] = fieldsOf(value, 7);
  const [serial, refresh, retry, expire, minimum] = numbers.map(Number);
  return { mname: withoutFinalDot(mname), rname: withoutFinalDot(rname), serial, refresh, retry, expire, minimum };
}

function srvData(value: string) {
  const [priority, weight, port, target] = fieldsOf(value, 4);
  return {
    priority: Number(priority),
    weight: Number(weight),
    port: Number(port),
    target: withoutFinalDot(target),
  };
}

/** Quoted strings as Route 53 writes them; a value without quotes is one string, cut where the format demands it. */
function txtStrings(value: string): string[] {
  const quoted = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => (text ?? '').replace(/\\(.)/g, '$1'));
  const strings = quoted.length > 0 ? quoted : [value];
  return strings.flatMap((text) => text.match(new RegExp(`[^]{1,${TXT_STRING_BYTES_MAX}}`, 'g')) ?? ['']);
}

function fieldsOf(value: string, count: number): readonly string[] {
  const fields = value.trim().split(/\s+/);
  if (fields.length !== count) throw new Error(`The value "${value}" should have ${count} fields.`);
  return fields;
}

export function withoutFinalDot(name: string | undefined): string {
  return (name ?? '').replace(/\.$/, '');
}
