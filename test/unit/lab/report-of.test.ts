import { describe, expect, it } from 'vitest';
import type { ScenarioEvidence } from '../../../lab/checkers/evidence.ts';
import { must } from '../../../lab/checkers/expectations.ts';
import { served } from '../../../lab/checkers/sights.ts';
import type { Acknowledgement } from '../../../lab/gameday/client/acknowledgement.ts';
import type { ClientResult } from '../../../lab/gameday/client/result.ts';
import { reportOf } from '../../../lab/gameday/report.ts';
import { GameDayReport } from '../../../shared/report/game-day-report.ts';
import {
  addressOf,
  chained,
  goodLines,
  lostAt,
  sampleEvidence,
  scenarioEvidence,
} from '../../support/sample-evidence.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const ack = (region: string, afterMs: number): Acknowledgement => ({
  id: `order-${afterMs}`,
  sentAt: lostAt + afterMs - 5,
  acknowledgedAt: lostAt + afterMs,
  committedAt: lostAt + afterMs - 2,
  region,
  database: 'orders',
  address: region === primary.region ? addressOf.primary : addressOf.recovery,
  epoch: null,
  isRepeated: false,
});
const beforeLoss = [ack(primary.region, -250), ack(primary.region, -10)];

const seen = (changes: Partial<ClientResult> = {}): ClientResult => ({
  startedAt: lostAt - 1000,
  stoppedAt: lostAt + 3000,
  offered: 4,
  skipped: 0,
  rejected: 0,
  failedAttemptsAt: [lostAt + 250, lostAt + 260, lostAt + 950],
  failedLookups: 0,
  acknowledgements: [...beforeLoss, ack(recovery.region, 1000), ack(recovery.region, 1020)],
  unacknowledgedIds: [],
  resolutions: [
    { at: lostAt - 900, address: addressOf.primary, ttlSeconds: 1, fromCache: false },
    { at: lostAt - 890, address: addressOf.primary, ttlSeconds: 1, fromCache: true },
    { at: lostAt + 990, address: addressOf.recovery, ttlSeconds: 1, fromCache: false },
  ],
  ...changes,
});

const expectations = [must('the recovery Region serves', served('recovery'), { withinSeconds: 2 })];

const report = (evidence: Partial<ScenarioEvidence> = {}, result: Partial<ClientResult> = {}): GameDayReport =>
  reportOf({
    scenario: { name: 'region-lost', story: 'The primary Region dies.', expectations },
    startedAt: lostAt - 8000.4,
    ttlSeconds: 1,
    evidence: scenarioEvidence(evidence),
    result: seen(result),
    postgres: '18.4',
  });

describe('the report of a game day that went well', () => {
  it('has passed and keeps the promises of its own schema', () => {
    expect(GameDayReport.parse(report())).toEqual(report());
    expect(report().verdict).toBe('passed');
  });

  it('measures time at the client and loss in the database', () => {
    expect(report().measured).toMatchObject({
      rtoSeconds: 1,
      rpoSeconds: 0.035,
      acknowledgedWrites: 4,
      acknowledgedWritesLost: 7,
      writersOverlapMs: 0,
      ttlSeconds: 1,
      // From the moment at which Flip DNS saw its answer to the moment at which the client asked again.
      dnsCacheShareSeconds: 0.21,
      phases: { detectSeconds: 0.4, promoteSeconds: 0.1, verifySeconds: 0.09, flipDnsSeconds: 0.08 },
    });
  });

  it('marks the loss, the promotion and the first write between the lines of the journal', () => {
    const marks = report().timeline.filter(({ step }) => step === 'lab');
    expect(marks.map(({ at, event }) => [event, Date.parse(at) - lostAt])).toEqual([
      ['fault', 0],
      ['writable', 550],
      ['first-write', 1000],
    ]);
  });

  it('counts the acknowledged writes of each Region in buckets, the last of which takes what came late', () => {
    const { acknowledged, bucketMs, startedAt } = report({}, { stoppedAt: lostAt + 1010 }).series;
    const counted = Object.entries(acknowledged).map(([region, counts]) => [
      region,
      counts.flatMap((count, bucket) => (count === 0 ? [] : [[startedAt + bucket * bucketMs - lostAt, count]])),
    ]);
    expect(counted).toEqual([
      [
        primary.region,
        [
          [-300, 1],
          [-100, 1],
        ],
      ],
      [recovery.region, [[1000, 2]]],
    ]);
  });
});

describe('what could not be measured is null, and null has not passed', () => {
  it.each<[string, Partial<ScenarioEvidence>, Partial<ClientResult>]>([
    ['the application did not come back', {}, { acknowledgements: beforeLoss }],
    ['nothing was acknowledged before the loss', {}, { acknowledgements: [ack(recovery.region, 1000)] }],
    ['nothing was acknowledged at all', { dnsAnswers: [] }, { acknowledgements: [], resolutions: [] }],
  ])('when %s', (_title, evidence, result) => {
    const { measured, timeline, verdict } = report(evidence, result);
    expect([measured.rtoSeconds, measured.dnsCacheShareSeconds, verdict]).toEqual([null, null, 'failed']);
    expect(timeline.map(({ event }) => event)).not.toContain('first-write');
  });

  it('when no run was opened', () => {
    const { measured, run, timeline, verdict } = report({ runs: [], entries: [], executionStatus: undefined });
    expect([run, verdict]).toEqual([null, 'failed']);
    expect(new Set(Object.values(measured.phases))).toEqual(new Set([null]));
    expect(timeline.map(({ event }) => event)).toEqual(['fault', 'first-write']);
  });

  it('when a step did not end', () => {
    const entries = chained(goodLines.filter(({ afterMs }) => afterMs !== 790));
    expect(report({ entries }).measured.phases).toMatchObject({ flipDnsSeconds: null, verifySeconds: 0.09 });
  });

  it('when no answer ever named the new Region, its share of the cache', () => {
    const { dnsAnswers } = sampleEvidence();
    expect(report({ dnsAnswers: dnsAnswers.slice(0, 1) }).measured.dnsCacheShareSeconds).toBeNull();
  });
});

it.each<[string, Partial<ScenarioEvidence>, Partial<ClientResult>]>([
  ['an RTO above the objective', {}, { acknowledgements: [...beforeLoss, ack(recovery.region, 5001)] }],
  ['an RPO above the objective', { rpoSeconds: 1.001 }, {}],
  ['a check that failed', { verificationRows: [] }, {}],
  ['a check that could not decide', { lag: [] }, {}],
  ['an expectation that was not met', { acknowledgements: [] }, {}],
])('a game day with %s has failed', (_title, evidence, result) => {
  expect(report(evidence, result).verdict).toBe('failed');
});

describe('a scenario in which no failover is due', () => {
  const notDue = 'The primary Region served all the time.';
  const untouched: Partial<ScenarioEvidence> = {
    notDue,
    runs: [],
    entries: [],
    executionStatus: undefined,
    calls: [],
    dnsAnswers: sampleEvidence().dnsAnswers.slice(0, 1),
    acknowledgedWritesLost: 0,
    rpoSeconds: 0,
  };
  const judged = (evidence: Partial<ScenarioEvidence>, acknowledgements = beforeLoss) =>
    reportOf({
      scenario: { name: 'partition', story: 'The Regions cannot see each other.', expectations: [] },
      startedAt: lostAt - 8000,
      ttlSeconds: 1,
      evidence: scenarioEvidence({ ...untouched, ...evidence }),
      result: seen({ acknowledgements }),
      postgres: '18.4',
    });

  it('passes without a run, a journal and an RTO, and says why', () => {
    const found = judged({});
    expect(GameDayReport.parse(found)).toEqual(found);
    expect(found).toMatchObject({ verdict: 'passed', notDue, run: null, measured: { rtoSeconds: null } });
  });

  it('fails when an execution hangs', () => {
    const executions = [{ name: 'shop-alarm-1', status: 'RUNNING', isOrphaned: false }];
    expect(judged({ executions }).checks).toContainEqual(expect.objectContaining({ id: 'I7', verdict: 'failed' }));
  });

  it('keeps the figure of a failover that came all the same', () => {
    expect(judged({}, [...beforeLoss, ack(recovery.region, 1000)]).measured.rtoSeconds).toBe(1);
  });
});

it('lines of several runs carry their epoch', () => {
  const entries = chained(goodLines.map((line) => ({ ...line, epoch: 2, runId: 'second' })));
  const earlier = [{ run: sampleRun({ id: 'first', epoch: 1 }), entries: chained(goodLines.slice(0, 2)) }];
  const runs = [sampleRun({ id: 'first', epoch: 1 }), sampleRun({ id: 'second', epoch: 2, takesOver: 'first' })];
  const lines = report({ entries, earlier, runs }).timeline.filter(({ step }) => step !== 'lab');
  expect(new Set(lines.map(({ epoch }) => epoch))).toEqual(new Set([1, 2]));
  expect(lines).toHaveLength(goodLines.length + 2);
});
