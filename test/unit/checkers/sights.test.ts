import { describe, expect, it } from 'vitest';
import type { DirectOrder, ScenarioEvidence } from '../../../lab/checkers/evidence.ts';
import type { Sight } from '../../../lab/checkers/expectations.ts';
import * as sights from '../../../lab/checkers/sights.ts';
import {
  addressOf,
  call,
  chained,
  flip,
  goodLines,
  lostAt,
  promotion,
  sampleEvidence,
  scenarioEvidence,
} from '../../support/sample-evidence.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

/** When it was first seen, in ms after the fault; undefined: it was not. */
const seen = (sight: Sight, changes: Partial<ScenarioEvidence> = {}): number | undefined => {
  const at = sight(scenarioEvidence(changes))?.at;
  return at === undefined ? undefined : at - lostAt;
};

const standby = { [primary.region]: 'writer', [recovery.region]: 'standby' } as const;

describe('what AWS was told', () => {
  it.each<[title: string, sight: Sight, changes: Partial<ScenarioEvidence>, at: number | undefined]>([
    ['an effect is any change of the application', sights.anyEffect, {}, 505],
    ['bookkeeping is none', sights.anyEffect, { calls: [call('DynamoDB', 'PutItem', { afterMs: 5 })] }, undefined],
    ['nor is what did not take effect', sights.anyEffect, { calls: [{ ...flip, applied: false }] }, undefined],
    ['nor what was before the fault', sights.anyEffect, { calls: [{ ...flip, at: lostAt - 1 }] }, undefined],
    ['a promotion is one that RDS was told', sights.promotion, { calls: [promotion], databases: standby }, 505],
    ['or one that only the database knows of', sights.promotion, { calls: [] }, 3000],
    ['a standby is no promotion', sights.promotion, { calls: [], databases: standby }, undefined],
  ])('%s', (_title, sight, changes, at) => {
    expect(seen(sight, changes)).toBe(at);
  });

  it('a call that was turned down is seen when the answer came', () => {
    const refused = { ...flip, applied: false, errorName: 'InvalidChangeBatch', endedAt: lostAt + 900 };
    const sight = sights.turnedDown('ChangeResourceRecordSets', 'InvalidChangeBatch');
    expect(seen(sight, { calls: [flip, refused] })).toBe(900);
    expect(seen(sight, { calls: [flip] })).toBeUndefined();
  });

  it('people are told by Notify, in the Region that they listen to', () => {
    const publish = (changes: object) => call('SNS', 'Publish', { afterMs: 950, caller: 'notify', ...changes });
    expect(seen(sights.told('recovery'), { calls: [publish({})] })).toBe(950);
    expect(seen(sights.told('recovery'), { calls: [publish({ applied: false })] })).toBeUndefined();
    expect(seen(sights.told('recovery'), { calls: [publish({ caller: '' })] })).toBeUndefined();
    expect(seen(sights.told('primary'), { calls: [publish({})] })).toBeUndefined();
  });
});

describe('what clients saw', () => {
  it('traffic leaves a place with the first answer that names another', () => {
    expect(seen(sights.trafficAwayFrom('primary'))).toBe(990);
    const { dnsAnswers } = sampleEvidence();
    expect(seen(sights.trafficAwayFrom('primary'), { dnsAnswers: dnsAnswers.slice(0, 1) })).toBeUndefined();
    const foreign = [{ at: lostAt + 5, name: 'x', addresses: ['192.0.2.1'] }];
    expect(seen(sights.trafficAwayFrom('primary'), { dnsAnswers: foreign })).toBe(5);
    expect(addressOf.primary).not.toBe(addressOf.recovery);
  });

  it('a place serves from the first order that was sent after the fault', () => {
    expect(seen(sights.served('recovery'))).toBe(1000);
    expect(seen(sights.served('primary'))).toBeUndefined();
  });

  it.each([
    [0.9, -0],
    [2.1, undefined],
  ])('a gap above %d s begins at %s ms', (gapSeconds, at) => {
    const acknowledgements = [950, 1900, 2950].map((ms) => ({
      region: primary.region,
      sentAt: lostAt + ms - 5,
      acknowledgedAt: lostAt + ms,
    }));
    const found = seen(sights.gapAbove('primary', gapSeconds), { acknowledgements });
    expect(found === undefined ? found : found + 0).toBe(at === undefined ? at : at + 0);
  });

  it('a silent end is a gap, too', () => {
    expect(seen(sights.gapAbove('primary', 2.5), { acknowledgements: [] })).toBe(0);
  });

  it('an acknowledgement after an event is one of that place, and later', () => {
    const wake: Sight = () => ({ at: lostAt + 900, why: 'it woke' });
    expect(seen(sights.acknowledgedAfter('recovery', wake))).toBe(1000);
    expect(seen(sights.acknowledgedAfter('primary', wake))).toBeUndefined();
    expect(seen(sights.acknowledgedAfter('recovery', () => undefined))).toBeUndefined();
  });

  it('orders sent to a place’s own address are told apart by outcome and reason', () => {
    const order = (changes: Partial<DirectOrder>): DirectOrder => {
      return { region: primary.region, at: lostAt + 20, outcome: 'refused', reason: 'no-lease', ...changes };
    };
    const directOrders = [order({}), order({ at: lostAt + 30, reason: 'unreachable' })];
    expect(seen(sights.directly('primary', 'refused', 'no-lease'), { directOrders })).toBe(20);
    expect(seen(sights.directly('primary', 'refused', 'unreachable'), { directOrders })).toBe(30);
    expect(seen(sights.directly('primary', 'taken'), { directOrders })).toBeUndefined();
    expect(seen(sights.directly('recovery', 'refused'), { directOrders })).toBeUndefined();
  });

  it.each([
    [0, undefined],
    [1, 3000],
    [null, 3000],
  ])('with %s writes lost, a lost write is seen at %s', (acknowledgedWritesLost, at) => {
    expect(seen(sights.acknowledgedWriteLost, { acknowledgedWritesLost })).toBe(at);
  });
});

describe('what runs and executions tell', () => {
  const executions = [
    { name: 'a', status: 'FAILED', isOrphaned: false, endedAt: lostAt + 700 },
    { name: 'b', status: 'RUNNING', isOrphaned: false },
  ];
  const ended = [
    ...executions.slice(0, 1),
    { name: 'b', status: 'SUCCEEDED', isOrphaned: false, endedAt: lostAt + 800 },
  ];

  it('an execution has ended, with the status that was asked for', () => {
    expect(seen(sights.executionEnded(), { executions })).toBe(700);
    expect(seen(sights.executionEnded('SUCCEEDED'), { executions })).toBeUndefined();
    expect(seen(sights.executionEnded('SUCCEEDED'), { executions: ended })).toBe(800);
  });

  it('all of them have, if there was one', () => {
    expect(seen(sights.allExecutionsEnded, { executions })).toBeUndefined();
    expect(seen(sights.allExecutionsEnded, { executions: [] })).toBeUndefined();
    expect(seen(sights.allExecutionsEnded, { executions: ended })).toBe(800);
  });

  it('a second one was started', () => {
    expect(seen(sights.secondExecution, { executions: ended })).toBe(800);
    expect(seen(sights.secondExecution, { executions: ended.slice(0, 1) })).toBeUndefined();
  });

  it('a second run was opened, and it took over', () => {
    const first = sampleRun({ id: 'first' });
    const second = sampleRun({ id: 'second', openedAt: lostAt + 2000 });
    expect(seen(sights.secondRun, { runs: [first, second] })).toBe(2000);
    expect(seen(sights.secondRun)).toBeUndefined();
    expect(seen(sights.runTookOver, { runs: [first, { ...second, takesOver: 'first' }] })).toBe(2000);
    expect(seen(sights.runTookOver, { runs: [first, second] })).toBeUndefined();
  });

  it('lines of the journal, of whichever run, from the fault on', () => {
    expect(seen(sights.runOpened)).toBe(400);
    expect(seen(sights.runClosed)).toBe(900);
    expect(seen(sights.noted('promote', 'acted'))).toBe(510);
    expect(seen(sights.noted('promote', 'rejected'))).toBeUndefined();
    const run = sampleRun();
    const earlier = [{ run, entries: chained([{ afterMs: 300, step: 'promote', event: 'rejected' }]) }];
    expect(seen(sights.noted('promote', 'rejected'), { earlier })).toBe(300);
  });

  it('the stale run acted, after the newer one had been opened', () => {
    const runs = [sampleRun(), sampleRun({ openedAt: lostAt + 505 })];
    const earlier = [{ run: sampleRun(), entries: chained(goodLines) }];
    expect(seen(sights.actedUnderOlderEpoch, { runs, earlier })).toBe(510);
    const later = [sampleRun(), sampleRun({ openedAt: lostAt + 600 })];
    expect(seen(sights.actedUnderOlderEpoch, { runs: later, earlier })).toBeUndefined();
  });

  it('what the scenario did itself', () => {
    const marks = [
      { at: lostAt, event: 'fault', why: 'a' },
      { at: lostAt + 5, event: 'heal', why: 'b' },
      { at: lostAt + 9, event: 'heal', why: 'c' },
    ];
    expect(seen(sights.happened('heal'), { marks })).toBe(5);
    expect(seen(sights.happened('people'), { marks })).toBeUndefined();
  });
});
