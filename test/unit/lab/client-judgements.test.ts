import { describe, expect, test } from 'vitest';
import type { Acknowledgement, Resolution } from '../../../lab/gameday/client/acknowledgement.ts';
import { cacheShareMs, writeGap } from '../../../lab/gameday/client/gaps.ts';
import { lostOrders, writersOverlapMs } from '../../../lab/gameday/client/losses.ts';

const KILL_AT = 1_000;

function ack(part: Partial<Acknowledgement> & { readonly acknowledgedAt: number }): Acknowledgement {
  const { acknowledgedAt } = part;
  return {
    id: `order-${acknowledgedAt}`,
    sentAt: acknowledgedAt - 5,
    committedAt: acknowledgedAt - 2,
    region: 'from',
    database: 'orders',
    address: '127.0.1.1',
    epoch: null,
    isRepeated: false,
    ...part,
  };
}

describe('the gap in the acknowledged writes', () => {
  const before = ack({ acknowledgedAt: 990 });

  test.each([
    {
      when: 'it ends with the first write of the other Region',
      acks: [before, ack({ acknowledgedAt: 1_700, region: 'to' }), ack({ acknowledgedAt: 1_400, region: 'to' })],
      gapEndAt: 1_400,
    },
    {
      when: 'a write of the old Region after the kill does not end it',
      acks: [before, ack({ acknowledgedAt: 1_003, sentAt: 1_001 }), ack({ acknowledgedAt: 1_300, region: 'to' })],
      gapEndAt: 1_300,
    },
    {
      when: 'a write sent before the kill does not end it',
      acks: [
        before,
        ack({ acknowledgedAt: 1_010, sentAt: 999, region: 'to' }),
        ack({ acknowledgedAt: 1_200, region: 'to' }),
      ],
      gapEndAt: 1_200,
    },
    {
      when: 'an order of the old Region that the new one only repeats does not end it',
      acks: [
        before,
        ack({ acknowledgedAt: 1_100, sentAt: 1_090, address: '127.0.2.1', isRepeated: true }),
        ack({ acknowledgedAt: 1_150, region: 'to' }),
      ],
      gapEndAt: 1_150,
    },
    {
      when: 'the writing Region is that of the last write before the kill, not of the first of all',
      acks: [ack({ acknowledgedAt: 100, region: 'to' }), before, ack({ acknowledgedAt: 1_250, region: 'to' })],
      gapEndAt: 1_250,
    },
  ])('$when', ({ acks, gapEndAt }) => {
    expect(writeGap(acks, KILL_AT)).toEqual({ gapStartAt: KILL_AT, gapEndAt, gapMs: gapEndAt - KILL_AT });
  });

  test.each([
    { when: 'no other Region ever wrote', acks: [before, ack({ acknowledgedAt: 1_200 })] },
    { when: 'nothing was written before the kill', acks: [ack({ acknowledgedAt: 1_200, region: 'to' })] },
    { when: 'nothing was written', acks: [] },
  ])('is unknown when $when', ({ acks }) => {
    expect(writeGap(acks, KILL_AT)).toBeUndefined();
  });
});

describe('the share of the DNS cache', () => {
  const at = (time: number, address: 'old' | 'new', fromCache = false): Resolution => ({
    at: time,
    address,
    ttlSeconds: 1,
    fromCache,
  });
  const FLIPPED_AT = 500;
  const FIRST_ACK_AT = 900;

  test.each([
    { when: 'time to live 0', resolutions: [at(0, 'old'), at(503, 'new')], ms: 0 },
    {
      when: 'the cached answer expires after the flip',
      resolutions: [at(0, 'old'), at(1, 'old', true), at(800, 'new')],
      ms: 300,
    },
    {
      when: 'the cache of the new answer is not counted',
      resolutions: [at(0, 'old'), at(1, 'old', true), at(600, 'new'), at(601, 'new', true)],
      ms: 100,
    },
    {
      when: 'the cached answer expired before the flip',
      resolutions: [at(0, 'old'), at(1, 'old', true), at(480, 'old'), at(503, 'new')],
      ms: 0,
    },
    {
      when: 'an old answer fetched anew after the flip is cached again',
      resolutions: [at(0, 'old'), at(1, 'old', true), at(510, 'old'), at(512, 'old', true), at(800, 'new')],
      ms: 10 + 288,
    },
    {
      when: 'the cache is still in use at the first acknowledgement',
      resolutions: [at(0, 'old'), at(1, 'old', true)],
      ms: 400,
    },
    { when: 'nothing was resolved before the flip', resolutions: [at(600, 'new'), at(601, 'new', true)], ms: 0 },
    { when: 'nothing was resolved at all', resolutions: [], ms: 0 },
  ])('$when: $ms ms', ({ resolutions, ms }) => {
    expect(cacheShareMs(resolutions, FLIPPED_AT, FIRST_ACK_AT)).toBe(ms);
  });
});

describe('lost orders', () => {
  const acks = [
    ack({ acknowledgedAt: 990, id: 'c' }),
    ack({ acknowledgedAt: 400, id: 'a' }),
    ack({ acknowledgedAt: 960, id: 'b' }),
  ];

  test('are those acknowledged and absent, and the oldest says how far back the data was set', () => {
    expect(lostOrders(acks, ['a', 'other'], KILL_AT)).toEqual({
      count: 2,
      ids: ['b', 'c'],
      oldestAcknowledgedAt: 960,
      newestAcknowledgedAt: 990,
      rpoSeconds: 0.04,
    });
  });

  test('are none when the new primary has every one', () => {
    expect(lostOrders(acks, new Set(['a', 'b', 'c']), KILL_AT)).toEqual({
      count: 0,
      ids: [],
      oldestAcknowledgedAt: undefined,
      newestAcknowledgedAt: undefined,
      rpoSeconds: 0,
    });
  });

  test('include what a revived old primary accepted after the kill, which adds nothing to the RPO', () => {
    const zombie = ack({ acknowledgedAt: 1_200, id: 'zombie' });
    expect(lostOrders([zombie], [], KILL_AT)).toMatchObject({ count: 1, newestAcknowledgedAt: 1_200, rpoSeconds: 0 });
  });
});

describe('two writers at a time', () => {
  test.each([
    { when: 'nobody wrote', acks: [], byCommitMs: 0, byAckMs: 0 },
    {
      when: 'only one Region wrote',
      acks: [ack({ acknowledgedAt: 1 }), ack({ acknowledgedAt: 9 })],
      byCommitMs: 0,
      byAckMs: 0,
    },
    {
      when: 'the new one began after the old one had ended',
      acks: [ack({ acknowledgedAt: 900 }), ack({ acknowledgedAt: 1_300, region: 'to' })],
      byCommitMs: 0,
      byAckMs: 0,
    },
    {
      when: 'the old one woke up again',
      acks: [
        ack({ acknowledgedAt: 900 }),
        ack({ acknowledgedAt: 1_300, committedAt: 1_290, region: 'to' }),
        ack({ acknowledgedAt: 1_350, committedAt: 1_349 }),
        ack({ acknowledgedAt: 1_400, region: 'to' }),
      ],
      byCommitMs: 59,
      byAckMs: 50,
    },
    {
      when: 'an early commit of the old one is only repeated late by the new one',
      acks: [
        ack({ acknowledgedAt: 900 }),
        ack({ acknowledgedAt: 1_300, region: 'to' }),
        ack({ acknowledgedAt: 1_320, committedAt: 950, isRepeated: true }),
      ],
      byCommitMs: 0,
      byAckMs: 0,
    },
    {
      when: 'the old one committed late and its answer was lost',
      acks: [
        ack({ acknowledgedAt: 900 }),
        ack({ acknowledgedAt: 1_300, committedAt: 1_290, region: 'to' }),
        ack({ acknowledgedAt: 1_350, committedAt: 1_310, isRepeated: true }),
      ],
      byCommitMs: 20,
      byAckMs: 0,
    },
  ])('$when: $byCommitMs ms by commit, $byAckMs ms by acknowledgement', ({ acks, byCommitMs, byAckMs }) => {
    expect(writersOverlapMs(acks)).toEqual({ byCommitMs, byAckMs });
  });
});
