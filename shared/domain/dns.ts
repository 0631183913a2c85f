import * as z from 'zod';

/** Names, values and servers of DNS as plans write them, and the one spelling in which two of them are compared. */
export const DnsName = z
  .string()
  .max(253)
  .regex(/^([a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}\.?$/, 'a full record name in lower case, without a wildcard');

export const RecordType = z.enum(['A', 'AAAA', 'CNAME']);
export type RecordType = z.infer<typeof RecordType>;

export const RecordValues = z.array(z.string().min(1).max(253)).min(1).max(100);

export const NameServers = z
  .array(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+)(:\d{1,5})?$|^[0-9a-fA-F:]+$/, 'host, ip or ip:port'))
  .min(1)
  .max(8);

/** What is wrong with the values of one record, in words. */
export function valueProblems(type: RecordType, values: readonly string[]): readonly string[] {
  const valid = { A: z.ipv4(), AAAA: z.ipv6(), CNAME: DnsName }[type];
  const strange = values.filter((value) => !valid.safeParse(value).success);
  const problems = strange.map((value) => `${value} is no value of a record of type ${type}`);
  return type === 'CNAME' && values.length > 1 ? [...problems, 'a CNAME has one value'] : problems;
}

/** Names are compared without case and final dot, IPv6 addresses in the one form that URL gives them. */
export function canonicalValue(value: string, type: string): string {
  if (type === 'CNAME') return canonicalName(value);
  const url = `http://[${value}]`;
  return type === 'AAAA' && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : value;
}

/** The values of one record in one spelling, so that two records can be compared; and as an operator reads them. */
export const canonicalValues = (values: readonly string[], type: string): string =>
  [...new Set(values.map((value) => canonicalValue(value, type)))].sort().join(', ');

export const canonicalName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

export const sameName = (one: string, other: string): boolean => canonicalName(one) === canonicalName(other);

/** What identifies all record sets that share a name and a type. */
export const keyOf = (name: string, type: string): string => `${canonicalName(name)} ${type}`;
