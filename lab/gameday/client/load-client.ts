import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledgement } from './acknowledgement.ts';
import type { Lookup } from './address-book.ts';
import { createFlow } from './flow.ts';
import type { ClientResult, Progress } from './result.ts';
import type { ClientSettings } from './settings.ts';

/** Orders are made and sent on this beat, so it bounds how exactly a gap is measured. */
const TICK_MS = 5;
const DRAIN_POLL_MS = 10;
const ITEMS = ['lamp', 'chair', 'table', 'shelf'] as const;

export interface LoadClient {
  progress(): Progress;
  /** Makes no new orders, waits up to `drainMs` for the acknowledgement of the old ones, and ends. */
  stop(): Promise<ClientResult>;
}

/** Starts writing at once: a steady stream of orders, each tried until it is acknowledged or the client ends. */
export function startLoadClient(settings: ClientSettings, lookup: () => Promise<Lookup>): LoadClient {
  const startedAt = epochMs();
  const flow = createFlow({ settings, lookup, now: epochMs });
  let offered = 0;
  let stoppedAt: number | undefined;
  const timer = setInterval(() => {
    const due = Math.floor(((epochMs() - startedAt) / 1_000) * settings.ordersPerSecond);
    for (; stoppedAt === undefined && offered < due; offered += 1) flow.add(newOrder(offered));
    flow.sendWhatIsReady();
  }, TICK_MS);
  return {
    progress: () => progressOf(flow.tally(), epochMs()),
    async stop() {
      stoppedAt = epochMs();
      const giveUpAt = stoppedAt + settings.drainMs;
      while (flow.tally().unacknowledgedIds.length > 0 && epochMs() < giveUpAt) await sleep(DRAIN_POLL_MS);
      clearInterval(timer);
      return { startedAt, stoppedAt, offered, ...flow.close() };
    },
  };
}

function newOrder(number: number) {
  return {
    id: randomUUID(),
    item: ITEMS[number % ITEMS.length] ?? ITEMS[0],
    amountCents: 100 + (number % 9_900),
  };
}

function progressOf(tally: Omit<ClientResult, 'startedAt' | 'stoppedAt' | 'offered'>, now: number): Progress {
  const { acknowledgements, failedAttemptsAt, resolutions, lastFailure } = tally;
  const lastAckAt = acknowledgements.at(-1)?.acknowledgedAt;
  const address = resolutions.at(-1)?.address;
  return {
    acknowledged: acknowledgements.length,
    failed: failedAttemptsAt.length,
    perSecond: countSince(acknowledgements, now - 1_000),
    ...(lastAckAt === undefined ? {} : { lastAckAt }),
    ...(address === undefined ? {} : { address }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
  };
}

/** The list is in the order of acknowledgement, so only its end is looked at. */
function countSince(acks: readonly Acknowledgement[], since: number): number {
  return acks.length - 1 - acks.findLastIndex(({ acknowledgedAt }) => acknowledgedAt < since);
}

/** Monotonic within a process, and comparable with other processes of this machine. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
