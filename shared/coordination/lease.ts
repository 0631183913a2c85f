import * as z from 'zod';
import { TransientError } from '../domain/errors.ts';
import type { WriteLease } from '../domain/lease.ts';
import type { LeaseStore } from '../domain/ports.ts';
import type { Instant, Run } from '../domain/run.ts';
import type { Item, Key, Table } from './table.ts';

/** More rivals than this for one lease at one moment mean that something else is wrong. */
const attemptsMax = 5;

const leaseKey = (application: string): Key => ({ pk: `application#${application}`, sk: 'lease' });

/** `holder`, because `region` is a reserved word of DynamoDB. */
const Stored = z
  .object({
    holder: z.string(),
    epoch: z.int(),
    expiresAt: z.number(),
    claimedBy: z.string().optional(),
    claimEndsAt: z.number().optional(),
  })
  .transform(({ claimedBy, claimEndsAt, epoch, expiresAt, holder }): WriteLease => {
    const lease = { region: holder, epoch, expiresAt };
    if (claimedBy !== undefined) return { ...lease, claimedBy, ...(claimEndsAt === undefined ? {} : { claimEndsAt }) };
    // An end is left behind by a claim that was released or given back; a sealed one has none.
    return { ...lease, ...(claimEndsAt === undefined ? {} : { frozenUntil: claimEndsAt }) };
  });

/**
 * The write lease: one item, changed only by conditional writes to it alone, because a multi-Region strongly consistent
 * table has no transactions. It, and not the run lock, says who may write; so no order of events between the two items
 * matters.
 *
 * Why two Regions never hold grants that overlap. Say A holds the lease and a run takes it to B.
 * 1. The item's `expiresAt` is never below the end of a grant that A's guard has handed out: a guard hands out only what
 *    was written, and a renewal cannot lower the end (a guard that was paused may come late).
 * 2. A renewal demands that the item names A and its epoch and carries no claim. So after a claim none succeeds, and the
 *    `expiresAt` read after the claim is final. With 1: no grant of A ends later, wherever it was delayed.
 * 3. B's first grant demands the claim of its run. The run asks for it only after its own clock has passed `expiresAt` +
 *    skew, and clocks differ by at most the skew: by every writer's clock A's last grant is over (or A's writers are
 *    fenced). B's guard can renew only what B was granted.
 * 4. An epoch is claimed once: a claim demands a lower epoch in the item, or this very claim. So a late repetition by a
 *    run that has handed the lease over, or given it back, changes nothing; and a newer run takes a claim away from an
 *    older one, whose grant then fails in 3.
 * 5. A claim with an end (a freeze) may be taken back by A's guard, which then renews as before. B is granted nothing by
 *    then: its run seals the claim before it promotes, and release and seal each demand the claim as the other leaves it not.
 * 6. A run that a person has ended behind its promotion grants nothing. Then the guard of B, which is in charge, inherits: it
 *    waits as in 3, and demands the very claim, so the old run's grant fails afterwards, and a newer run's claim stands.
 */
export function openLease(table: Table): LeaseStore {
  return {
    read: (application) => read(table, application),

    begin: (application, { epoch, region }) =>
      table.put(
        { ...leaseKey(application), holder: region, epoch, expiresAt: 0 },
        { expression: 'attribute_not_exists(pk)' },
      ),

    async renew(application, lease, expiresAt) {
      const held = await table.update(
        leaseKey(application),
        { expiresAt },
        {
          expression:
            'holder = :holder AND epoch = :epoch AND attribute_not_exists(claimedBy) AND expiresAt < :set_expiresAt',
          values: { ':holder': lease.region, ':epoch': lease.epoch },
        },
      );
      return held ? { region: lease.region, epoch: lease.epoch, expiresAt } : undefined;
    },

    claim: (run, claimEndsAt) => claim(table, run, claimEndsAt),

    async seal(run) {
      const set = { epoch: run.epoch };
      if (await table.update(leaseKey(run.application), set, claimedBy(run.epoch, run.id), 'claimEndsAt')) return true;
      // Handed over already, by this run.
      const found = await read(table, run.application);
      return found?.region === run.to.region && found.claimedBy === undefined;
    },

    release: (application, { claimedBy: runId = '', epoch }) => {
      const { expression, values } = claimedBy(epoch, runId);
      const unsealed = { expression: `${expression} AND attribute_exists(claimEndsAt)`, values };
      return table.update(leaseKey(application), { epoch }, unsealed, 'claimedBy');
    },

    async grant(run, expiresAt) {
      const lease: WriteLease = { region: run.to.region, epoch: run.epoch, expiresAt };
      const set = { holder: lease.region, expiresAt };
      if (await table.update(leaseKey(run.application), set, claimedBy(run.epoch, run.id), 'claimedBy')) return lease;
      const found = await read(table, run.application);
      return found?.region === run.to.region && found.claimedBy === undefined ? found : undefined;
    },

    giveBack: (application, { claimedBy: runId = '', epoch }) =>
      // Something must be set: the epoch stays what it was.
      table.update(leaseKey(application), { epoch }, claimedBy(epoch, runId), 'claimedBy'),

    inherit: (application, { claimedBy: runId = '', epoch }, region) =>
      table.update(leaseKey(application), { holder: region }, claimedBy(epoch, runId), 'claimedBy'),
  };
}

const claimedBy = (epoch: number, runId: string) => ({
  expression: 'epoch = :epoch AND claimedBy = :runId',
  values: { ':epoch': epoch, ':runId': runId },
});

async function read(table: Table, application: string): Promise<WriteLease | undefined> {
  const item = await table.get(leaseKey(application));
  return item === undefined ? undefined : Stored.parse(item);
}

async function claim(table: Table, run: Run, claimEndsAt?: Instant): Promise<WriteLease | undefined> {
  const key = leaseKey(run.application);
  const ends = claimEndsAt === undefined ? {} : { claimEndsAt };
  const mine: Item = { epoch: run.epoch, claimedBy: run.id, ...ends };
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const before = await read(table, run.application);
    // Handed over already, by this run or by one that it took over from: what the Region to activate holds stays with it.
    if (before?.region === run.to.region && before.claimedBy === undefined) return before;
    const condition = { expression: 'epoch < :set_epoch OR (epoch = :set_epoch AND claimedBy = :set_claimedBy)' };
    const first = { ...key, ...mine, holder: run.from.region, expiresAt: 0 };
    const held =
      before === undefined
        ? await table.put(first, { expression: 'attribute_not_exists(pk)' })
        : await table.update(key, mine, condition, claimEndsAt === undefined ? 'claimEndsAt' : undefined);
    if (held) {
      const claimed = await read(table, run.application);
      return claimed?.claimedBy === run.id ? claimed : undefined;
    }
    if (before !== undefined) return undefined;
  }
  throw new TransientError(`the write lease of ${run.application} changed ${attemptsMax} times while it was claimed`);
}
