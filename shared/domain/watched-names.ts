import * as z from 'zod';
import {
  canonicalValues,
  DnsName,
  keyOf,
  NameServers,
  RecordType,
  RecordValues,
  sameName,
  valueProblems,
} from './dns.ts';
import type { Expected, ServerFacts } from './name-servers.ts';
import { perPlace } from './plan.ts';
import { type Place, places } from './run.ts';

const WatchedRecord = z.strictObject({
  name: DnsName.describe('Full name of the record, e.g. `www.shop.example.com`.'),
  type: RecordType.describe('Type of the record.'),
  ...perPlace(RecordValues.describe('What the servers answer when this place is served.')).shape,
});

/**
 * Fields of a kind that moves traffic without touching a record: how the authoritative servers tell which place is served.
 * The marker is a pair of TXT records with the same health checks as the application's; they say `primary` and `recovery`.
 */
export const watchedNames = {
  markName: DnsName.describe(
    'Full name of a TXT failover pair, `primary` and `recovery`, with the same health checks as the records it speaks for.',
  ),
  nameServers: NameServers.describe(
    'The authoritative servers of the zone (its NS records). All that answer must show the place.',
  ),
  records: z
    .array(WatchedRecord)
    .max(100)
    .default([])
    .describe('Records with literal values, compared besides. Aliases are left out: the marker speaks for them.'),
} as const;

const WatchedNames = z.object(watchedNames);
export type WatchedNames = z.infer<typeof WatchedNames>;

/** Contradictions that no single field shows. */
export function watchedProblems({ markName, records }: WatchedNames): readonly string[] {
  const keys = records.map(({ name, type }) => keyOf(name, type));
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  const problems = records.flatMap((record) => {
    const { name, primary, recovery, type } = record;
    const areSame = canonicalValues(primary, type) === canonicalValues(recovery, type);
    const found = places.flatMap((place) => valueProblems(type, record[place]));
    return [...found, ...(areSame ? ['primary and recovery are the same'] : [])].map((what) => `${name}: ${what}`);
  });
  if (twice !== undefined) problems.push(`${twice} is named twice`);
  if (records.some(({ name }) => sameName(name, markName))) problems.push(`${markName} is the marker, and no record`);
  return problems;
}

/** What the servers say once this place is served. */
export const servedFrom = (place: Place, { markName, records }: WatchedNames): Expected => ({
  markName,
  mark: place,
  records: records.map(({ name, type, [place]: values }) => ({ name, type, values })),
});

/** Why the marker cannot tell anything: a server knows it, and it names no place. */
export function markerProblem(servers: readonly ServerFacts[], { markName }: WatchedNames): string | undefined {
  const words: readonly string[] = places;
  for (const { mark, server } of servers) {
    if (!mark.answered || (mark.values.length === 1 && words.includes(mark.values[0] ?? ''))) continue;
    return `${server} answers ${markName} TXT with ${mark.values.join(', ') || 'nothing'}, not with primary or recovery`;
  }
  return undefined;
}
