import type { Acknowledgement } from './acknowledgement.ts';
import { createAddressBook, type Lookup } from './address-book.ts';
import { createBacklog, type PendingOrder } from './backlog.ts';
import { createGate, type Gate } from './gate.ts';
import type { ClientResult } from './result.ts';
import { createSender, type SendOutcome } from './sender.ts';
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

interface Counts {
  skipped: number;
  rejected: number;
  failedAttempts: number;
  failedLookups: number;
  lastFailure?: string;
}

export function createFlow({ settings, lookup, now }: FlowOptions): Flow {
  const book = createAddressBook({ lookup, now });
  const backlog = createBacklog();
  const sender = createSender({ ...settings, portFor: portTable(settings.ports) });
  const gateOf = gates(settings);
  const inFlight = new Set<string>();
  const acknowledgements: Acknowledgement[] = [];
  const counts: Counts = { skipped: 0, rejected: 0, failedAttempts: 0, failedLookups: 0 };
  let isClosed = false;
  let isLookingUp = false;
  let noLookupBefore = 0;

  /** All that is ready shares one look at the address book, also where its time to live is 0. */
  async function dispatch(): Promise<void> {
    isLookingUp = true;
    try {
      const address = await book.current();
      const gate = gateOf(address);
      while (!isClosed && gate.admits(now())) {
        const order = backlog.take(now());
        if (order === undefined) return;
        void attempt(order, { address, gate });
      }
    } catch (cause) {
      counts.failedLookups += 1;
      counts.lastFailure = String(cause);
      noLookupBefore = now() + settings.retryDelayMs;
    } finally {
      isLookingUp = false;
    }
  }

  async function attempt(order: PendingOrder, { address, gate }: { address: string; gate: Gate }): Promise<void> {
    const sentAt = now();
    gate.sent();
    inFlight.add(order.id);
    const outcome = await sender.send(address, order);
    if (isClosed) return;
    inFlight.delete(order.id);
    gate.ended({ succeeded: outcome.type !== 'failed', at: now() });
    if (outcome.type === 'failed') backlog.retry(order, now() + settings.retryDelayMs);
    if (outcome.type !== 'acknowledged') return countFailure(outcome);
    const { stored, isRepeated } = outcome;
    acknowledgements.push({ id: order.id, sentAt, acknowledgedAt: now(), ...stored, address, isRepeated });
  }

  function countFailure(outcome: Exclude<SendOutcome, { type: 'acknowledged' }>): void {
    counts[outcome.type === 'failed' ? 'failedAttempts' : 'rejected'] += 1;
    counts.lastFailure = outcome.why;
  }

  const tally = (): Tally => ({
    ...counts,
    acknowledgements,
    unacknowledgedIds: [...inFlight, ...backlog.ids()],
    resolutions: book.resolutions,
  });

  return {
    tally,
    add(order) {
      if (backlog.size() >= settings.backlogMax) counts.skipped += 1;
      else backlog.add(order);
    },
    sendWhatIsReady() {
      if (!isLookingUp && backlog.hasReady(now()) && now() >= noLookupBefore) void dispatch();
    },
    close() {
      isClosed = true;
      sender.close();
      return tally();
    },
  };
}

function gates(settings: ClientSettings): (address: string) => Gate {
  const known = new Map<string, Gate>();
  return (address) => {
    const gate = known.get(address) ?? createGate({ ...settings, restMs: settings.retryDelayMs });
    known.set(address, gate);
    return gate;
  };
}

function portTable(ports: Readonly<Record<string, number>>): (address: string) => number {
  return (address) => {
    const port = ports[address];
    if (port === undefined) throw new Error(`No port is known for ${address}.`);
    return port;
  };
}
