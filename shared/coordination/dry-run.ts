import * as z from 'zod';
import type { ClientOptions } from '../aws/client.ts';
import { leashedOutside } from '../aws/leash.ts';
import type { Outside } from '../aws/outside.ts';
import type { Clock, Coordination, Opening, OpenRun, RunLock } from '../domain/ports.ts';
import { openDirectives } from './directives.ts';
import { openDryLease } from './dry-lease.ts';
import { openFactsStore } from './facts-store.ts';
import { openJournal } from './journal.ts';
import { openKillSwitch } from './kill-switch.ts';
import { decideOpening, LockItem } from './opening.ts';
import { openRunLock } from './run-lock.ts';
import { openTable, type Table } from './table.ts';

export interface DryRunOptions {
  readonly clients: ClientOptions;
  readonly net: Pick<Outside, 'http' | 'dns'>;
  readonly clock: Clock;
  readonly region: string;
  readonly tableName: string;
}

/** What a dry run stands on: all that it may reach, and its own books. */
export interface DryRunPorts {
  readonly outside: Outside;
  readonly coordination: Coordination;
  /** Knows one exception: it may publish a message. For a dry run that an alarm has started in observe mode. */
  readonly toPeople: Outside;
}

const ObservedMark = z.object({ runId: z.string(), observedAt: z.number() });

/** Everything that a dry run writes lies in partitions that begin so; no real run looks there. */
const ownPrefix = 'dry-';

/**
 * The leashed outside for a dry run's resources, and its coordination. Two leashes: the one for the resources knows no
 * exception, the other lets only the dry run's own items into the table, so that a slip cannot touch a real run.
 */
export function openDryRun({ clients, clock, net, region, tableName }: DryRunOptions): DryRunPorts {
  const books = leashedOutside(clients, net, ({ command, input, service }) => {
    const { Item, TableName } = input as { readonly Item?: { readonly pk?: unknown }; readonly TableName?: string };
    const isOurs = service === 'DynamoDB' && command === 'PutItem' && TableName === tableName;
    return isOurs && String(Item?.pk).startsWith(`${ownPrefix}run#`);
  });
  const table = apart(openTable(books, region, tableName));
  return {
    outside: leashedOutside(clients, net),
    toPeople: leashedOutside(clients, net, ({ command, service }) => service === 'SNS' && command === 'Publish'),
    coordination: {
      lock: openDryLock(table, clock),
      journal: openJournal(table, clock, region),
      facts: openFactsStore(table),
      lease: openDryLease(table, region),
      directives: openDirectives(table),
      killSwitch: openKillSwitch(table),
    },
  };
}

/** The same table with the items of runs under names of their own. What belongs to the application stays as it is. */
function apart(table: Table): Table {
  const own = (pk: string): string => (pk.startsWith('run#') ? `${ownPrefix}${pk}` : pk);
  return {
    get: (key) => table.get({ ...key, pk: own(key.pk) }),
    put: (item, condition) => table.put({ ...item, pk: own(item.pk) }, condition),
    update: (key, set, condition) => table.update({ ...key, pk: own(key.pk) }, set, condition),
    list: (pk, prefix, order) => table.list(own(pk), prefix, order),
  };
}

/** A lock that nobody can feel: it reads the real one and answers what a real run would hear, but takes nothing. */
export function openDryLock(table: Table, clock: Clock): RunLock {
  const real = openRunLock(table, clock);
  return {
    ...real,
    open: async (wanted) => {
      const before = await real.run(wanted.runId);
      return before === undefined ? open(table, clock, wanted) : { status: 'opened', run: before };
    },
    hold: async () => true,
    close: async () => true,
  };
}

/** The run has the epoch that a real one would get; the lock itself is not written. */
async function open(table: Table, clock: Clock, wanted: OpenRun): Promise<Opening> {
  const item = await table.get({ pk: `application#${wanted.request.application}`, sk: 'lock' });
  const lock = item === undefined ? undefined : LockItem.parse(item);
  const decided = decideOpening({ lock, wanted, wasOpened: false, now: clock.now() });
  if (decided.decision === 'answer') return decided.opening;
  const observed = wanted.request.trigger === 'alarm' ? await observedBefore(table, clock, wanted) : undefined;
  if (observed !== undefined) return observed;
  await table.put({ pk: `run#${wanted.runId}`, sk: 'run', ...decided.run });
  return { status: 'opened', run: decided.run };
}

/**
 * One incident sets off several alarms, and again when they flap. A real run would hold the lock, and then
 * the cool-down would; in observe mode this mark stands for both, so that people are told once.
 */
async function observedBefore(table: Table, clock: Clock, wanted: OpenRun): Promise<Opening | undefined> {
  const key = { pk: `run#observed#${wanted.request.application}`, sk: 'mark' };
  const now = clock.now();
  const isFirst = await table.put(
    { ...key, runId: wanted.runId, observedAt: now },
    {
      expression: 'attribute_not_exists(pk) OR observedAt < :calmBefore OR runId = :runId',
      values: { ':calmBefore': now - Math.max(wanted.staleAfterMs, wanted.coolDownMs), ':runId': wanted.runId },
    },
  );
  if (isFirst) return undefined;
  const mark = ObservedMark.parse(await table.get(key));
  return { status: 'run-active', runId: mark.runId, heartbeatAt: mark.observedAt };
}
