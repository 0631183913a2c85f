import { describe, expect, test } from 'vitest';
import { createAddressBook } from '../../../lab/gameday/client/address-book.ts';
import { createBacklog } from '../../../lab/gameday/client/backlog.ts';
import { createGate } from '../../../lab/gameday/client/gate.ts';
import { readSettings } from '../../../lab/gameday/orders/settings.ts';

function bookWith(answers: readonly { address: string; ttlSeconds: number }[]) {
  const clock = { at: 10_000 };
  const asked: number[] = [];
  const lookup = async () => {
    const found = answers[Math.min(asked.push(clock.at), answers.length) - 1];
    if (found === undefined) throw new Error('no answer');
    return found;
  };
  return { clock, asked, book: createAddressBook({ lookup, now: () => clock.at }) };
}

describe('the address book', () => {
  test('keeps an answer for its time to live and not a millisecond longer', async () => {
    const { book, clock, asked } = bookWith([
      { address: 'old', ttlSeconds: 2 },
      { address: 'new', ttlSeconds: 2 },
    ]);
    await book.current();
    clock.at += 1_999;
    expect(await book.current()).toBe('old');
    clock.at += 1;
    expect(await book.current()).toBe('new');
    expect(asked).toEqual([10_000, 12_000]);
    expect(book.resolutions).toEqual([
      { at: 10_000, address: 'old', ttlSeconds: 2, fromCache: false },
      { at: 11_999, address: 'old', ttlSeconds: 2, fromCache: true },
      { at: 12_000, address: 'new', ttlSeconds: 2, fromCache: false },
    ]);
  });

  test('asks every time when the time to live is 0, and once for those who ask together', async () => {
    const { book, asked } = bookWith([{ address: 'only', ttlSeconds: 0 }]);
    await Promise.all([book.current(), book.current(), book.current()]);
    expect(asked).toHaveLength(1);
    await book.current();
    expect(asked).toHaveLength(2);
    expect(book.resolutions).toHaveLength(1);
  });

  test('never falls back to an expired answer, and asks again after a failure', async () => {
    const failing = { now: false };
    const lookup = async () => {
      if (failing.now) throw new Error('server failure');
      return { address: 'only', ttlSeconds: 0 };
    };
    const book = createAddressBook({ lookup, now: () => 0 });
    await book.current();
    failing.now = true;
    await expect(book.current()).rejects.toThrow('server failure');
    failing.now = false;
    expect(await book.current()).toBe('only');
  });
});

describe('the gate of an address', () => {
  const limits = { inFlightMax: 4, failuresMax: 3, probesMax: 1, restMs: 15 };

  test('admits only as many as fit', () => {
    const gate = createGate(limits);
    for (let sent = 0; sent < 4; sent += 1) gate.sent();
    expect(gate.admits(0)).toBe(false);
    gate.ended({ succeeded: true, at: 0 });
    expect(gate.admits(0)).toBe(true);
  });

  test('admits only probes, with a rest between them, while the address fails, and all after one success', () => {
    const gate = createGate(limits);
    for (let sent = 0; sent < 3; sent += 1) gate.sent();
    for (let ended = 0; ended < 3; ended += 1) gate.ended({ succeeded: false, at: 100 });
    expect([gate.admits(114), gate.admits(115)]).toEqual([false, true]);
    gate.sent();
    expect(gate.admits(200)).toBe(false);
    gate.ended({ succeeded: true, at: 200 });
    gate.sent();
    expect(gate.admits(200)).toBe(true);
  });
});

test('the backlog hands out failed orders first, once their pause is over', () => {
  const order = (id: string) => ({ id, item: 'lamp', amountCents: 1 });
  const backlog = createBacklog();
  backlog.add(order('fresh'));
  backlog.retry(order('failed'), 50);
  expect(backlog.ids()).toEqual(['failed', 'fresh']);
  expect(backlog.take(49)?.id).toBe('fresh');
  expect([backlog.hasReady(49), backlog.hasReady(50)]).toEqual([false, true]);
  backlog.add(order('later'));
  expect(backlog.take(50)?.id).toBe('failed');
  expect([backlog.size(), backlog.take(50)?.id, backlog.size()]).toEqual([1, 'later', 0]);
});

describe('the settings of the order service', () => {
  const complete = {
    ORDERS_HOST: '127.0.1.1',
    ORDERS_PORT: '8080',
    ORDERS_REGION: 'eu-west-1',
    ORDERS_DATABASE_NAME: 'orders-primary',
    ORDERS_DATABASE_URL: 'postgres://127.0.0.1/postgres',
  };

  test('need five variables and have an answer for the rest', () => {
    expect(readSettings(complete)).toEqual({
      host: '127.0.1.1',
      port: 8_080,
      region: 'eu-west-1',
      databaseName: 'orders-primary',
      databaseUrl: 'postgres://127.0.0.1/postgres',
      databaseTimeoutMs: 250,
      connectionsMax: 10,
      epoch: undefined,
    });
  });

  test('that are wrong are all named at once', () => {
    const wrong = {
      ...complete,
      ORDERS_HOST: '',
      ORDERS_PORT: '',
      ORDERS_DATABASE_TIMEOUT_MS: '251',
    };
    expect(() => readSettings(wrong)).toThrow(/ORDERS_HOST.*ORDERS_PORT.*ORDERS_DATABASE_TIMEOUT_MS/);
  });
});
