import { createAddressBook, type Lookup } from './address-book.ts';
import { createAttempts } from './attempts.ts';
import { createBacklog, type PendingOrder } from './backlog.ts';
import { createRecord } from './record.ts';
import type { ClientResult } from './result.ts';
import type { ClientSettings } from './settings.ts';

export interface FlowOptions {
  readonly settings: ClientSettings;
  readonly lookup: () => Promise<Lookup>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export type Tally = Omit<ClientResult, 'startedAt' | 'stoppedAt' | 'offered'>;

/** Orders go in; each is sent to the address the name has by then, again and again, until it is acknowledged. */
export interface Flow {
  add(order: PendingOrder): void;
  sendWhatIsReady(): void;
  tally(): Tally;
  /** Ends all connections; what is under way stays unacknowledged. */
  close(): Tally;
}

export function createFlow({ settings, lookup, now }: FlowOptions): Flow {
  const book = createAddressBook({ lookup, now });
  const backlog = createBacklog();
  const record = createRecord();
  const attempts = createAttempts({ settings, backlog, record, now });
  let isLookingUp = false;
  let noLookupBefore = 0;

  /** All that is ready shares one look at the address book, also where its time to live is 0. */
  async function dispatch(): Promise<void> {
    isLookingUp = true;
    try {
      attempts.sendTo(await book.current());
    } catch (cause) {
      record.lookupFailed(cause);
      noLookupBefore = now() + settings.retryDelayMs;
    } finally {
      isLookingUp = false;
    }
  }

  const tally = (): Tally => ({
    ...record.counts,
    acknowledgements: record.acknowledgements,
    failedAttemptsAt: record.failedAttemptsAt,
    unacknowledgedIds: [...attempts.underWay(), ...backlog.ids()],
    resolutions: book.resolutions,
  });

  return {
    tally,
    add: (order) => (backlog.size() < settings.backlogMax ? backlog.add(order) : record.orderSkipped()),
    sendWhatIsReady() {
      if (!isLookingUp && backlog.hasReady(now()) && now() >= noLookupBefore) void dispatch();
    },
    close() {
      attempts.close();
      return tally();
    },
  };
}
