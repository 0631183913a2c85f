import type { Backlog, PendingOrder } from './backlog.ts';
import { createGate, type Gate } from './gate.ts';
import type { ClientRecord } from './record.ts';
import { createSender } from './sender.ts';
import type { ClientSettings } from './settings.ts';

export interface AttemptsOptions {
  readonly settings: ClientSettings;
  readonly backlog: Backlog;
  readonly record: ClientRecord;
  readonly now: () => number;
}

/** The requests under way. */
export interface Attempts {
  /** Sends what is ready to this address, as far as its gate admits. */
  sendTo(address: string): void;
  /** The ids of the orders under way. */
  underWay(): Iterable<string>;
  /** Ends all connections; attempts that end later are not recorded. */
  close(): void;
}

export function createAttempts({ settings, backlog, record, now }: AttemptsOptions): Attempts {
  const sender = createSender({ ...settings, portFor: portTable(settings.ports) });
  const gateOf = gates(settings);
  const underWay = new Set<string>();
  let isClosed = false;

  async function attempt(order: PendingOrder, { address, gate }: { address: string; gate: Gate }): Promise<void> {
    const { id } = order;
    const sentAt = now();
    gate.sent();
    underWay.add(id);
    const outcome = await sender.send(address, order);
    if (isClosed) return;
    const endedAt = now();
    underWay.delete(id);
    gate.ended({ succeeded: outcome.type !== 'failed', at: endedAt });
    if (outcome.type === 'failed') backlog.retry(order, endedAt + settings.retryDelayMs);
    record.attemptEnded({ id, address, sentAt, endedAt, outcome });
  }

  return {
    sendTo(address) {
      const gate = gateOf(address);
      while (!isClosed && gate.admits(now())) {
        const order = backlog.take(now());
        if (order === undefined) return;
        void attempt(order, { address, gate });
      }
    },
    underWay: () => underWay,
    close() {
      isClosed = true;
      sender.close();
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
