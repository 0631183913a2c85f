import * as z from 'zod';
import { globalArn } from '../../domain/arn.ts';
import {
  canonicalName,
  canonicalValues,
  DnsName,
  keyOf,
  NameServers,
  RecordType,
  RecordValues,
  sameName,
  valueProblems,
} from '../../domain/dns.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Run } from '../../domain/run.ts';
import type { Arns } from '../contract.ts';

/** Quota of one ChangeResourceRecordSets request: 1,000 values and 32,000 characters; UPSERT counts both twice. */
const BATCH_VALUES_MAX = 1_000;
const BATCH_CHARACTERS_MAX = 32_000;
/** What the epoch's own DELETE and CREATE take of them; generous. */
const EPOCH_VALUES = 2;
const EPOCH_CHARACTERS = 600;

const RecordTarget = z.union([
  z.strictObject({ values: RecordValues.describe('Addresses, or one name.') }),
  z.strictObject({
    alias: z
      .strictObject({
        zoneId: z.string().min(1).max(32).describe('Hosted zone of the target, e.g. of the load balancer.'),
        dnsName: DnsName.describe('Name of the target exactly as in the record, `dualstack.` included.'),
      })
      .describe('A Route 53 alias.'),
  }),
]);
export type RecordTarget = z.infer<typeof RecordTarget>;

const PlannedRecord = z.strictObject({
  name: DnsName.describe('Full name of the record, e.g. `www.shop.example.com`.'),
  type: RecordType.describe('Type of the record. `A` and `AAAA` of one name are two records.'),
  routing: z
    .enum(['simple', 'weighted', 'failover'])
    .describe('Its routing policy. Members of a pair have the set identifiers `primary` and `recovery`.'),
  ...perPlace(RecordTarget.describe('Where the record points when this place is active.')).shape,
});
export type PlannedRecord = z.infer<typeof PlannedRecord>;

/** One hosted zone with all the names of the application in it: they are flipped together or not at all. */
export const Spec = z
  .strictObject({
    zoneId: z
      .string()
      .regex(/^Z[A-Z0-9]{1,31}$/, 'a hosted zone id such as Z0123456789ABC')
      .describe('The hosted zone.'),
    epochName: DnsName.regex(/^_understudy\./, 'a name that begins with _understudy.').describe(
      'Full name of the TXT record that carries the epoch, e.g. `_understudy.shop.example.com`.',
    ),
    ttlSeconds: z.int().min(0).max(86_400).default(60).describe('TTL of the epoch record and of simple records.'),
    nameServers: NameServers.describe(
      'The authoritative servers of the zone (its NS records). All that answer must show the change.',
    ),
    records: z.array(PlannedRecord).min(1).max(100).describe('The records to flip in one batch.'),
  })
  .superRefine(({ epochName, records }, context) => {
    const problem = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const seen = new Set<string>();
    for (const [index, record] of records.entries()) {
      const key = keyOf(record.name, record.type);
      if (seen.has(key)) problem(['records', index, 'name'], `${record.name} ${record.type} is named twice`);
      seen.add(key);
      for (const message of problemsOf(record)) problem(['records', index], message);
    }
    if (records.some(({ name }) => sameName(name, epochName))) problem(['epochName'], 'a record has the same name');
    const values = records.flatMap((record) => [record.primary, record.recovery].flatMap(literalsOf));
    if (values.length * 2 + EPOCH_VALUES > BATCH_VALUES_MAX) problem(['records'], 'too many values for one batch');
    if (values.join('').length * 2 + EPOCH_CHARACTERS > BATCH_CHARACTERS_MAX) {
      problem(['records'], 'too many characters in values for one batch');
    }
  });
export type Spec = z.infer<typeof Spec>;

/** Ids of changes are not known before; https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html */
export function arns({ zoneId }: Spec): Arns {
  const zone = [globalArn('route53', `hostedzone/${zoneId}`)];
  return {
    'route53:ListResourceRecordSets': zone,
    'route53:ChangeResourceRecordSets': zone,
    'route53:GetChange': [globalArn('route53', 'change/*')],
  };
}

function problemsOf({ primary, recovery, type }: PlannedRecord): readonly string[] {
  const problems = [primary, recovery].flatMap((target) => valueProblems(type, literalsOf(target)));
  const areSame = targetText(primary, type) === targetText(recovery, type);
  return areSame ? [...problems, 'primary and recovery are the same'] : problems;
}

const literalsOf = (target: RecordTarget): readonly string[] => ('values' in target ? target.values : []);

/** A target in one spelling, so that two can be compared; and as an operator reads it. */
export function targetText(target: RecordTarget, type: string): string {
  if ('alias' in target) return `alias ${canonicalName(target.alias.dnsName)} in ${target.alias.zoneId}`;
  return canonicalValues(target.values, type);
}

/** A record set as ListResourceRecordSets returns it, whole: a DELETE must repeat every field of it. */
export interface RecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly Weight?: number;
  readonly Failover?: string;
  readonly TTL?: number;
  readonly ResourceRecords?: readonly { readonly Value: string }[];
  readonly AliasTarget?: {
    readonly HostedZoneId: string;
    readonly DNSName: string;
    readonly EvaluateTargetHealth: boolean;
  };
  readonly HealthCheckId?: string;
}

export const setsOf = (name: string, type: string, sets: readonly RecordSet[]): readonly RecordSet[] =>
  sets.filter((set) => keyOf(set.Name, set.Type) === keyOf(name, type));

/** A field that is not known here belongs to a policy that is not served, e.g. `Region` or `TrafficPolicyInstanceId`. */
export function policyOf({
  Name,
  Type,
  TTL,
  ResourceRecords,
  AliasTarget,
  HealthCheckId,
  ...routing
}: RecordSet): string {
  const { SetIdentifier, Weight, Failover, ...foreign } = routing;
  const [other] = Object.keys(foreign);
  if (other !== undefined) return other;
  if (SetIdentifier === undefined) return 'simple';
  return Weight === undefined ? 'failover' : 'weighted';
}

/** Where a record set points, in the spelling of `targetText`. */
export function textOf({ AliasTarget, ResourceRecords, Type }: RecordSet): string {
  const values = ResourceRecords?.map(({ Value }) => Value) ?? [];
  if (AliasTarget === undefined) return targetText({ values }, Type);
  return targetText({ alias: { zoneId: AliasTarget.HostedZoneId, dnsName: AliasTarget.DNSName } }, Type);
}

/** Which run pointed the names last, as the zone's TXT record says; `back`: and then put them back. */
export interface Epoch {
  readonly number: number;
  /** Percent-encoded, so that it is one word. */
  readonly runId: string;
  readonly back: boolean;
}

export const epochOf = ({ epoch, id }: Run): Epoch => ({
  number: epoch,
  runId: encodeURIComponent(id.toWellFormed()).slice(0, 200),
  back: false,
});

export const epochText = ({ back, number, runId }: Epoch): string =>
  `epoch=${number} run=${runId}${back ? ' back' : ''}`;

/** @param value as Route 53 holds a TXT value: in quotes */
export function parseEpoch(value: string): Epoch | undefined {
  const [, number, runId, back] = /^"epoch=(\d{1,15}) run=([\w.!~*'()%-]{1,200})( back)?"$/.exec(value) ?? [];
  if (number === undefined || runId === undefined) return undefined;
  return { number: Number(number), runId, back: back !== undefined };
}
