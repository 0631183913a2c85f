import { TransientError } from '../domain/errors.ts';
import {
  type Clock,
  type EndedRun,
  inChargeAfter,
  type Opening,
  type OpenRun,
  type RunEnd,
  type RunLock,
} from '../domain/ports.ts';
import { isPlanned, type Run } from '../domain/run.ts';
import { decideOpening, LockItem, StoredRun } from './opening.ts';
import { planHashOf } from './plan-hash.ts';
import type { Condition, Key, Table } from './table.ts';

/** More rivals than this for one lock at one moment mean that something else is wrong. */
const attemptsMax = 5;

const lockKey = (application: string): Key => ({ pk: `application#${application}`, sk: 'lock' });
const runKey = (runId: string): Key => ({ pk: `run#${runId}`, sk: 'run' });

/** The run lock in the coordination table. Each change is a compare-and-swap of one item. */
export function openRunLock(table: Table, clock: Clock): RunLock {
  return {
    open: (wanted) => open(table, clock, wanted),

    hold: (run) =>
      table.update(
        lockKey(run.application),
        { heartbeatAt: clock.now() },
        {
          expression: 'epoch = :epoch AND currentRun.id = :runId',
          values: { ':epoch': run.epoch, ':runId': run.id },
        },
      ),

    close: (run, end) => close(table, clock, run, end),

    hashOf: planHashOf,

    async run(runId) {
      const item = await table.get(runKey(runId));
      return item === undefined ? undefined : StoredRun.parse(item);
    },

    state: (application) => readLock(table, application),

    acknowledge: (application, ended) => acknowledge(table, application, ended),

    async charge(application) {
      const lock = await readLock(table, application);
      if (lock === undefined) return undefined;
      const { activeRegion, epoch, currentRun } = lock;
      return { activeRegion, epoch, ...(currentRun === undefined ? {} : { runId: currentRun.id }) };
    },
  };
}

async function readLock(table: Table, application: string): Promise<LockItem | undefined> {
  const item = await table.get(lockKey(application));
  return item === undefined ? undefined : LockItem.parse(item);
}

async function open(table: Table, clock: Clock, wanted: OpenRun): Promise<Opening> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // The lock first: a run that was opened before this read has left its record, a later one makes the write fail.
    const lock = await readLock(table, wanted.request.application);
    const wasOpened = (await table.get(runKey(wanted.runId))) !== undefined;
    const decided = decideOpening({ lock, wanted, wasOpened, now: clock.now() });
    const opening = decided.decision === 'answer' ? decided.opening : { status: 'opened' as const, run: decided.run };
    if (decided.decision === 'write') {
      const key = lockKey(wanted.request.application);
      if (!(await table.put({ ...key, ...decided.next }, unchangedSince(lock)))) continue;
    }
    // Written again when the run is opened again: the first attempt may have died between the two writes.
    if (opening.status === 'opened') await table.put({ ...runKey(opening.run.id), ...opening.run });
    return opening;
  }
  throw new TransientError(`the run lock of ${wanted.request.application} changed ${attemptsMax} times while opening`);
}

function unchangedSince(lock: LockItem | undefined): Condition {
  if (lock === undefined) return { expression: 'attribute_not_exists(pk)' };
  return {
    expression: 'epoch = :epoch AND heartbeatAt = :heartbeatAt',
    values: { ':epoch': lock.epoch, ':heartbeatAt': lock.heartbeatAt },
  };
}

/** Closing again after the answer was lost finds the lock free at the same epoch: also a success. */
async function close(table: Table, clock: Clock, run: Run, end: RunEnd): Promise<boolean> {
  const activeRegion = inChargeAfter(run, end);
  const endedAt = clock.now();
  const before = await readLock(table, run.application);
  const last = lastRunAfter(run, { end, endedAt, before });
  const { planHash } = before ?? {};
  const inChargeSince = activeRegion === run.from.region ? run.inChargeSince : endedAt;
  const next: LockItem = {
    activeRegion,
    inChargeSince,
    epoch: run.epoch,
    heartbeatAt: endedAt,
    ...last,
    planHash,
  };
  const closed = await table.put(
    { ...lockKey(run.application), ...next },
    {
      expression: 'epoch = :epoch AND currentRun.id = :runId',
      values: { ':epoch': run.epoch, ':runId': run.id },
    },
  );
  if (closed) return true;
  const lock = await readLock(table, run.application);
  return lock?.epoch === run.epoch && lock.currentRun === undefined && lock.activeRegion === activeRegion;
}

/**
 * The cool-down counts from the last failover: a planned run, which a person has started, changes nothing about it. One that
 * a person has ended behind its promotion does: what is left is in their hands.
 */
function lastRunAfter(
  run: Run,
  { before, ...ended }: Omit<EndedRun, 'id'> & { readonly before: LockItem | undefined },
): Pick<LockItem, 'lastRun'> {
  if (!isPlanned(run) || ended.end === 'abandoned') return { lastRun: { id: run.id, ...ended } };
  return before?.lastRun === undefined ? {} : { lastRun: before.lastRun };
}

/** Only of the run that was the last one when the person looked; once another is open, it is too late. */
async function acknowledge(
  table: Table,
  application: string,
  { by, runId }: { readonly runId: string; readonly by: string },
): Promise<boolean> {
  const lock = await readLock(table, application);
  if (lock?.lastRun?.id !== runId || lock.currentRun !== undefined) return false;
  const lastRun: EndedRun = { ...lock.lastRun, acknowledgedBy: by };
  return table.put({ ...lockKey(application), ...lock, lastRun }, unchangedSince(lock));
}
