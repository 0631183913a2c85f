import { isWithin, normalName, wildcardsFor } from './names.ts';
import type { RecordSet, Records } from './records.ts';

export interface Question {
  readonly name: string;
  readonly type: string;
}

export interface Answer {
  readonly authoritative: boolean;
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly answers: readonly AnswerRecord[];
}

export interface AnswerRecord {
  /** As it was asked. */
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  readonly values: readonly string[];
}

export interface AnswerContext {
  readonly random: () => number;
  /** The health of a health check; records without one are healthy. */
  readonly isHealthy: (healthCheckId: string) => boolean;
}

interface Zone {
  readonly name: string;
  readonly records: Records;
}

/** What Route 53's name servers answer from one zone. */
export function answerFrom(zone: Zone, question: Question, context: AnswerContext): Answer {
  const all = [...zone.records.values()];
  const asked = normalName(question.name);
  const isThere = (name: string): boolean => all.some(({ Name }) => isWithin(Name, name));
  const owner = isThere(asked) ? asked : wildcardsFor(asked, zone.name).find(isThere);
  if (owner === undefined) return { authoritative: true, rcode: 'NXDOMAIN', answers: [] };
  const sameName = all.filter(({ Name }) => Name === owner);
  const type = sameName.some(({ Type }) => Type === 'CNAME') ? 'CNAME' : question.type;
  const chosen = choose(all, { owner, type }, context);
  const answers = chosen === undefined ? [] : [{ ...valuesOf(chosen), name: question.name, type }];
  return { authoritative: true, rcode: 'NOERROR', answers };
}

const valuesOf = (record: RecordSet): { ttlSeconds: number; values: readonly string[] } => ({
  ttlSeconds: record.TTL ?? 0,
  values: (record.ResourceRecords ?? []).map(({ Value }) => Value ?? ''),
});

interface Group {
  readonly owner: string;
  readonly type: string;
}

/** Picks one record set by the group's routing policy, following aliases to a record with values. */
function choose(all: readonly RecordSet[], group: Group, context: AnswerContext): RecordSet | undefined {
  const candidates = all.filter(({ Name, Type }) => Name === group.owner && Type === group.type);
  const isHealthy = (record: RecordSet): boolean => healthOf(record, all, context);
  const [first] = candidates;
  if (first === undefined) return undefined;
  const chosen =
    first.Failover !== undefined
      ? chooseFailover(candidates, isHealthy)
      : first.Weight !== undefined
        ? chooseWeighted(candidates, isHealthy, context.random)
        : first;
  if (chosen?.AliasTarget === undefined) return chosen;
  return choose(all, { owner: normalName(chosen.AliasTarget.DNSName ?? ''), type: group.type }, context);
}

/** "If both are unhealthy, Route 53 returns the primary." */
function chooseFailover(
  candidates: readonly RecordSet[],
  isHealthy: (record: RecordSet) => boolean,
): RecordSet | undefined {
  const primary = candidates.find(({ Failover }) => Failover === 'PRIMARY');
  const secondary = candidates.find(({ Failover }) => Failover === 'SECONDARY');
  if (primary !== undefined && isHealthy(primary)) return primary;
  if (secondary !== undefined && isHealthy(secondary)) return secondary;
  return primary ?? secondary;
}

/**
 * First the healthy records with a weight; when there are none, the healthy ones of weight 0; when nothing is healthy,
 * everything counts as healthy. Records of weight 0 are equal among themselves. – "How Amazon Route 53 chooses records
 * when health checking is configured", Route 53 Developer Guide
 */
function chooseWeighted(
  candidates: readonly RecordSet[],
  isHealthy: (record: RecordSet) => boolean,
  random: () => number,
): RecordSet | undefined {
  const healthy = candidates.filter(isHealthy);
  const pool = healthy.length > 0 ? healthy : candidates;
  const weighted = pool.filter(({ Weight }) => (Weight ?? 0) > 0);
  const choices = weighted.length > 0 ? weighted : pool;
  const weightOf = ({ Weight }: RecordSet): number => Weight || 1;
  let left = random() * choices.reduce((sum, record) => sum + weightOf(record), 0);
  return choices.find((record) => {
    left -= weightOf(record);
    return left < 0;
  });
}

/** An alias that evaluates its target's health is healthy while one record of the target is. */
function healthOf(record: RecordSet, all: readonly RecordSet[], context: AnswerContext): boolean {
  if (record.HealthCheckId !== undefined && !context.isHealthy(record.HealthCheckId)) return false;
  if (record.AliasTarget?.EvaluateTargetHealth !== true) return true;
  const target = normalName(record.AliasTarget.DNSName ?? '');
  return all.some(({ Name, Type, ...rest }) => {
    return Name === target && Type === record.Type && healthOf({ Name, Type, ...rest } as RecordSet, all, context);
  });
}
