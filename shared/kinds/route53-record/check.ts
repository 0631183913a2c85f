import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import { type Expected, type ServerFacts, shownBy } from '../../domain/name-servers.ts';
import type { Place, Run } from '../../domain/run.ts';
import type { Goal, Undo } from '../contract.ts';
import {
  type Epoch,
  epochOf,
  epochText,
  type PlannedRecord,
  parseEpoch,
  policyOf,
  type RecordSet,
  type RecordTarget,
  type Spec,
  setsOf,
  targetText,
  textOf,
} from './spec.ts';

const LOOK_AGAIN_SECONDS = 1;
const WEIGHT_OF_ACTIVE = 100;

export type Facts =
  | { readonly zone: 'absent' }
  | {
      readonly zone: 'present';
      /** The sets of the planned names and types, and of the epoch record; no others. */
      readonly sets: readonly RecordSet[];
      /** What GetChange says of the last batch that this process sent for this run; `unknown` in another process. */
      readonly change: 'PENDING' | 'INSYNC' | 'unknown';
      readonly servers: readonly ServerFacts[];
    };
type Present = Extract<Facts, { zone: 'present' }>;

export interface Change {
  readonly Action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly ResourceRecordSet: RecordSet;
}

/** One atomic batch, complete. It begins with the compare-and-swap of the epoch record. */
export interface Action {
  readonly type: 'point' | 'point-back';
  readonly changes: readonly Change[];
}

export function check({ run }: Goal, spec: Spec, facts: Facts): Decision<Action> {
  if (facts.zone === 'absent') return refuse('zone-not-found', `there is no hosted zone ${spec.zoneId}`);
  const [written, ...others] = setsOf(spec.epochName, 'TXT', facts.sets);
  const epoch = written === undefined ? undefined : epochIn(written);
  if ((written !== undefined && epoch === undefined) || others.length > 0) {
    const remedy = 'delete it, or give another epochName';
    return refuse('record-unusable', `${spec.epochName} TXT is not an epoch written by Understudy; ${remedy}`);
  }
  const overtaken = epoch === undefined ? undefined : overtakenBy(epoch, run);
  if (overtaken !== undefined) return refuse('stale-epoch', `${spec.epochName} says: ${overtaken}`);
  const unusable = spec.records.flatMap((record) => unusableBecause(record, facts.sets));
  if (unusable.length > 0) return refuse('record-unusable', unusable.join(' · '));
  const moving = spec.records.filter((record) => !pointsTo(run.to.place, record, facts.sets));
  if (epoch?.number === run.epoch && moving.length === 0) return visible(run, spec, facts);
  const changes = [...swap(run, spec, written), ...moving.flatMap((record) => moved(run, record, { spec, facts }))];
  const names = moving.map(({ name, type }) => `${name} ${type}`).join(', ') || 'nothing but the epoch';
  return act({ type: 'point', changes }, `point ${names} to ${run.to.region} under epoch ${run.epoch}`);
}

function epochIn({ ResourceRecords, SetIdentifier }: RecordSet): Epoch | undefined {
  const [only, ...more] = ResourceRecords ?? [];
  return more.length === 0 && SetIdentifier === undefined ? parseEpoch(only?.Value ?? '') : undefined;
}

function overtakenBy(epoch: Epoch, run: Run): string | undefined {
  if (epoch.number < run.epoch || epochText(epoch) === epochText(epochOf(run))) return undefined;
  const has = epoch.back ? 'has put the records back' : 'has pointed the records';
  return `run ${epoch.runId} ${has} under epoch ${epoch.number}, and this run has epoch ${run.epoch}`;
}

function unusableBecause(record: PlannedRecord, sets: readonly RecordSet[]): readonly string[] {
  const members = setsOf(record.name, record.type, sets);
  const problem = (what: string): readonly string[] => [`${record.name} ${record.type} ${what}`];
  if (members.length === 0) return problem('does not exist; create it');
  const policies = [...new Set(members.map(policyOf))].join(' and ');
  if (policies !== record.routing) return problem(`has ${policies} routing, the plan says ${record.routing}`);
  const ids = members.map(({ SetIdentifier }) => SetIdentifier ?? '').sort();
  if (record.routing !== 'simple' && ids.join() !== 'primary,recovery') {
    return problem(`has the set identifiers ${ids.join(', ')}; they must be primary and recovery, and no others`);
  }
  const strayed = members.filter((set) => !homesOf(set, record).includes(textOf(set)));
  return strayed.flatMap((set) => problem(`points to ${textOf(set)}, which is not what the plan says; correct either`));
}

/** Where a set may point: a simple record to either place, a member of a pair to its own. */
const homesOf = ({ SetIdentifier }: RecordSet, record: PlannedRecord): readonly string[] =>
  (['primary', 'recovery'] as const)
    .filter((place) => SetIdentifier === undefined || SetIdentifier === place)
    .map((place) => targetText(record[place], record.type));

function pointsTo(place: Place, record: PlannedRecord, sets: readonly RecordSet[]): boolean {
  const target = targetText(record[place], record.type);
  return setsOf(record.name, record.type, sets).every((set) => {
    if (record.routing === 'simple') return textOf(set) === target;
    const answers = record.routing === 'weighted' ? (set.Weight ?? 0) > 0 : set.Failover === 'PRIMARY';
    return answers === (set.SetIdentifier === place);
  });
}

const create = (set: RecordSet): Change => ({ Action: 'CREATE', ResourceRecordSet: set });
const remove = (set: RecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet: set });
const upsert = (set: RecordSet): Change => ({ Action: 'UPSERT', ResourceRecordSet: set });

/** DELETE fails unless the record is exactly as seen, CREATE fails if there is one: either way a stale batch fails. */
function swap(run: Run, { epochName, ttlSeconds }: Spec, written: RecordSet | undefined): readonly Change[] {
  const Value = `"${epochText(epochOf(run))}"`;
  const next = create({ Name: epochName, Type: 'TXT', TTL: ttlSeconds, ResourceRecords: [{ Value }] });
  return written === undefined ? [next] : [remove(written), next];
}

/** Of a pair only the weight or the role changes: targets, TTL and health checks stay as they are. */
function moved({ to }: Run, record: PlannedRecord, { spec, facts }: { spec: Spec; facts: Present }): readonly Change[] {
  const isTo = ({ SetIdentifier }: RecordSet): boolean => SetIdentifier === to.place;
  const sets = setsOf(record.name, record.type, facts.sets).toSorted(
    (one, two) => Number(isTo(two)) - Number(isTo(one)),
  );
  if (record.routing === 'simple') return sets.map((set) => upsert(pointed(set, record[to.place], spec.ttlSeconds)));
  if (record.routing === 'weighted') {
    return sets.map((set) => upsert({ ...set, Weight: isTo(set) ? WEIGHT_OF_ACTIVE : 0 }));
  }
  // One after the other, two UPSERTs would make two PRIMARY in between; with DELETE first there is no such moment.
  return [...sets.map(remove), ...sets.map((set) => create({ ...set, Failover: isTo(set) ? 'PRIMARY' : 'SECONDARY' }))];
}

function pointed(set: RecordSet, target: RecordTarget, ttlSeconds: number): RecordSet {
  const { AliasTarget: former, ResourceRecords: _values, TTL: _ttl, ...kept } = set;
  if ('values' in target) {
    return { ...kept, TTL: ttlSeconds, ResourceRecords: target.values.map((Value) => ({ Value })) };
  }
  const { dnsName: DNSName, zoneId: HostedZoneId } = target.alias;
  const EvaluateTargetHealth = former?.EvaluateTargetHealth ?? false;
  return { ...kept, AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth } };
}

/** The batch is atomic, so a server that shows the epoch shows the records, too; literal values are compared besides. */
function visible(run: Run, spec: Spec, { change, servers }: Present): Decision<never> {
  if (change === 'PENDING') return wait('Route 53 is still distributing the change: PENDING', LOOK_AGAIN_SECONDS);
  const shown = shownBy(servers, expectedOf(run, spec));
  if (!shown.shown) return wait(shown.why, LOOK_AGAIN_SECONDS);
  const sync = change === 'INSYNC' ? 'INSYNC' : 'INSYNC unknown, as another process sent the change';
  const where = `${run.to.region} at ${shown.where}`;
  return settled(`${spec.records.length} records point to ${where} under epoch ${run.epoch}, ${sync}`);
}

const expectedOf = (run: Run, { epochName, records }: Spec): Expected => ({
  markName: epochName,
  mark: epochText(epochOf(run)),
  records: records.map(({ name, type, [run.to.place]: target }) => {
    return { name, type, values: 'alias' in target ? undefined : target.values };
  }),
});

/** The way back, under the same compare-and-swap: it works only while this run's own mark stands in the zone. */
export function undo({ changes }: Action, before: Facts): Undo<Action> {
  const mark = changes.find(({ Action: verb, ResourceRecordSet: set }) => verb === 'CREATE' && set.Type === 'TXT');
  const former = before.zone === 'present' ? before.sets : [];
  const targets = changes.filter(({ ResourceRecordSet: set }) => set.Type !== 'TXT').toReversed();
  const reversed = targets.flatMap((change) => inverse(change, former));
  if (mark === undefined || reversed.length < targets.length) {
    return { irreversible: 'how the records were before was not seen, so they can only be put back by hand' };
  }
  const Value = mark.ResourceRecordSet.ResourceRecords?.[0]?.Value.replace(/( back)?"$/, ' back"') ?? '';
  const back = { ...mark.ResourceRecordSet, ResourceRecords: [{ Value }] };
  return { type: 'point-back', changes: [remove(mark.ResourceRecordSet), create(back), ...reversed] };
}

function inverse({ Action: verb, ResourceRecordSet: set }: Change, former: readonly RecordSet[]): readonly Change[] {
  if (verb === 'DELETE') return [create(set)];
  if (verb === 'CREATE') return [remove(set)];
  const sets = setsOf(set.Name, set.Type, former).filter(({ SetIdentifier }) => SetIdentifier === set.SetIdentifier);
  return sets.map(upsert);
}
