import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { converted, effectOfRefused } from '../../aws/errors.ts';
import { askNameServers } from '../../aws/name-servers.ts';
import type { Outside } from '../../aws/outside.ts';
import { keyOf } from '../../domain/dns.ts';
import { hasCode, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import type { Target } from '../contract.ts';
import type { Action, Facts } from './check.ts';
import type { RecordSet, Spec } from './spec.ts';

/** Route 53's control plane is in this Region, wherever the caller is. */
const CONTROL_PLANE = 'us-east-1';

/** The id of the last batch per zone. Only the answer to the batch tells it, so another process does not know it. */
const batches = new WeakMap<Outside, Map<string, { readonly runId: string; readonly changeId: string }>>();

export async function observe(spec: Spec, { run }: Target, outside: Outside): Promise<Facts> {
  const sets = await recordSets(spec, outside);
  if (sets === 'absent') return { zone: 'absent' };
  const { epochName: markName, nameServers, records } = spec;
  const [change, servers] = await Promise.all([
    changeStatus(spec, run, outside),
    askNameServers({ servers: nameServers, markName, records }, outside),
  ]);
  return { zone: 'present', sets, change, servers };
}

/** @throws TransientError when the batch no longer fits the zone, so that the next look decides; see `notSwapped` */
export async function act({ changes, type }: Action, spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const doing = `pointing records in zone ${spec.zoneId} under epoch ${run.epoch}`;
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: spec.zoneId,
    ChangeBatch: { Comment: `Understudy, epoch ${run.epoch}`, Changes: changes as Change[] },
  });
  try {
    const { ChangeInfo } = await converted(doing, () => outside.client(Route53Client, CONTROL_PLANE).send(command));
    remember(spec.zoneId, { runId: run.id, changeId: ChangeInfo?.Id }, outside);
  } catch (error) {
    throw hasCode(error, 'InvalidChangeBatch') ? notSwapped(error, type) : error;
  }
}

/**
 * The compare-and-swap did not match. For a way back no later look can help: this run's mark is not in the zone. When
 * the SDK tried more than once, an earlier attempt may be the very reason for the mismatch.
 */
function notSwapped(error: unknown, type: Action['type']): TransientError | TerminalError {
  const code = 'InvalidChangeBatch';
  const message = error instanceof Error ? error.message : code;
  const cause = error instanceof Error ? error.cause : error;
  if (type === 'point-back') {
    const reasons = 'they were not pointed, are already back, or a newer run or a person has changed them since';
    return new TerminalError(`the records were not put back: ${reasons} (${message})`, { code, cause });
  }
  return new TransientError(message, { code, cause, effect: effectOfRefused(cause) });
}

function remember(zoneId: string, batch: { runId: string; changeId: string | undefined }, outside: Outside): void {
  const { changeId, runId } = batch;
  const byZone = batches.get(outside) ?? new Map();
  if (changeId !== undefined) byZone.set(zoneId, { runId, changeId });
  batches.set(outside, byZone);
}

async function changeStatus(spec: Spec, run: Run, outside: Outside): Promise<'PENDING' | 'INSYNC' | 'unknown'> {
  const batch = batches.get(outside)?.get(spec.zoneId);
  if (batch?.runId !== run.id) return 'unknown';
  const command = new GetChangeCommand({ Id: batch.changeId });
  const doing = `asking for change ${batch.changeId}`;
  const { ChangeInfo } = await converted(doing, () => outside.client(Route53Client, CONTROL_PLANE).send(command));
  return ChangeInfo?.Status === 'INSYNC' ? 'INSYNC' : 'PENDING';
}

/**
 * The sets of all planned names, as of now: the list includes what is still PENDING. Each call begins at a name that has
 * not been seen yet and keeps whatever else its page tells, so that neighbours cost one call together (five calls a
 * second an account). Nothing depends on the order in which Route 53 sorts names.
 */
async function recordSets(spec: Spec, outside: Outside): Promise<readonly RecordSet[] | 'absent'> {
  const epoch = { name: spec.epochName, type: 'TXT' } as const;
  const wanted = new Map([epoch, ...spec.records].map((one) => [keyOf(one.name, one.type), one]));
  const found = new Map<string, readonly RecordSet[]>();
  try {
    for (const [key, { name, type }] of wanted) {
      if (found.has(key)) continue;
      const whole = await pageFrom(
        { HostedZoneId: spec.zoneId, StartRecordName: name, StartRecordType: type },
        outside,
      );
      found.set(key, []);
      for (const [other, sets] of whole) if (wanted.has(other)) found.set(other, sets);
    }
  } catch (error) {
    if (hasCode(error, 'NoSuchHostedZone')) return 'absent';
    throw error;
  }
  return [...found.values()].flat();
}

/** By name and type, the sets from `start` on: those of one page, and of more only while its first group goes on. */
async function pageFrom(start: ListResourceRecordSetsRequest, outside: Outside): Promise<Map<string, RecordSet[]>> {
  const client = outside.client(Route53Client, CONTROL_PLANE);
  const doing = `listing records in zone ${start.HostedZoneId}`;
  const first = keyOf(start.StartRecordName ?? '', start.StartRecordType ?? '');
  const sets: RecordSet[] = [];
  for (let next = start; ; ) {
    const page = await converted(doing, () => client.send(new ListResourceRecordSetsCommand(next)));
    sets.push(...(page.ResourceRecordSets ?? []).map(plain));
    const cut = page.IsTruncated ? keyOf(page.NextRecordName ?? '', page.NextRecordType ?? '') : '';
    if (cut !== first || page.NextRecordIdentifier === undefined) {
      const groups = Map.groupBy(sets, ({ Name, Type }) => keyOf(Name, Type));
      // The group that the next page begins with may have begun on this one.
      groups.delete(cut);
      return groups;
    }
    next = { ...start, StartRecordIdentifier: page.NextRecordIdentifier };
  }
}

/** Facts are recorded as JSON, and a DELETE must repeat every field that the list showed. */
const plain = (set: ResourceRecordSet): RecordSet => JSON.parse(JSON.stringify(set));
