import type { JournalEntry, JournalNote } from '../../../shared/domain/journal.ts';
import type { StepId } from '../../../shared/domain/phase.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { GameDayReport, verdictOf } from '../../../shared/report/game-day-report.ts';
import { type Mark, phaseDurations, timeline } from '../../../shared/report/timeline.ts';

/** Invented figures in the shape of a real game day: the Region is lost 4 s after the start. */
export const startedAt = Date.UTC(2026, 10, 21, 9, 30, 0);
export const lostAt = startedAt + 4000;

export const run: Run = {
  id: 'shop-alarm-20261121-093004',
  application: 'shop',
  trigger: 'alarm',
  purpose: 'failover',
  reason: 'alarm shop-primary-unreachable in eu-central-1',
  from: { place: 'primary', region: 'eu-west-1' },
  to: { place: 'recovery', region: 'eu-central-1' },
  epoch: 7,
  openedAt: lostAt + 412,
  incidentAt: lostAt,
};

type Line = readonly [afterMs: number, step: StepId, event: JournalNote['event'], why: string, resource?: string];

/** Journal entries from short lines; times count from the loss. The hashes are not real: nothing here reads them. */
export const journal = (lines: readonly Line[]): JournalEntry[] =>
  lines.map(([afterMs, step, event, why, resource], sequence) => ({
    runId: run.id,
    epoch: run.epoch,
    writtenIn: run.to.region,
    previousHash: '',
    hash: '',
    sequence,
    at: lostAt + afterMs,
    step,
    event,
    why,
    ...(resource === undefined ? {} : { resource }),
  }));

export const entries = journal([
  [412, 'detect', 'run-opened', 'epoch 7, from eu-west-1 to eu-central-1: 2 of 3 signals agree, seen from 2 places'],
  [420, 'survey', 'step-started', 'survey begins'],
  [446, 'survey', 'surveyed', 'standby follows, 12 ms behind before the loss', 'orders-database'],
  [451, 'survey', 'surveyed', '2 of 4 tasks run in eu-central-1', 'checkout'],
  [463, 'survey', 'step-finished', 'all 3 resources were seen; the point of no return is promotion'],
  [470, 'isolate', 'step-started', 'isolate begins'],
  [471, 'scale', 'step-started', 'scale begins'],
  [478, 'scale', 'intended', '2 tasks run and 4 did before the loss', 'checkout'],
  [486, 'scale', 'acted', '2 tasks run and 4 did before the loss', 'checkout'],
  [497, 'isolate', 'waiting', 'eu-west-1 does not answer; its write lease ends in 0.2 s', 'orders-database'],
  [712, 'isolate', 'settled', 'the write lease of eu-west-1 has ended, clock skew included', 'orders-database'],
  [716, 'isolate', 'step-finished', 'eu-west-1 cannot write any more'],
  [722, 'promote', 'step-started', 'promote begins'],
  [731, 'promote', 'intended', 'the standby was 12 ms behind, the RPO allows 5 s', 'orders-database'],
  [742, 'promote', 'acted', 'the standby was 12 ms behind, the RPO allows 5 s', 'orders-database'],
  [779, 'promote', 'settled', 'the database in eu-central-1 accepts writes', 'orders-database'],
  [783, 'promote', 'step-finished', 'eu-central-1 is the writer'],
  [1004, 'scale', 'settled', '4 of 4 tasks run', 'checkout'],
  [1009, 'scale', 'step-finished', 'eu-central-1 can carry the load'],
  [1016, 'verify', 'step-started', 'verify begins'],
  [1061, 'verify', 'settled', 'an order was written and read back in eu-central-1', 'orders-database'],
  [1064, 'verify', 'step-finished', 'a real transaction succeeded'],
  [1070, 'flip-dns', 'step-started', 'flip-dns begins'],
  [1078, 'flip-dns', 'intended', 'the record points at eu-west-1 under epoch 6', 'shop-record'],
  [1091, 'flip-dns', 'acted', 'the record points at eu-west-1 under epoch 6', 'shop-record'],
  [1112, 'flip-dns', 'settled', 'all name servers answer with eu-central-1 under epoch 7', 'shop-record'],
  [1115, 'flip-dns', 'step-finished', 'traffic points at eu-central-1'],
  [1121, 'confirm', 'step-started', 'confirm begins'],
  [1902, 'confirm', 'settled', 'clients reach eu-central-1 and their orders are acknowledged', 'shop-record'],
  [1908, 'confirm', 'run-closed', 'shop is served by eu-central-1'],
  [1910, 'confirm', 'step-finished', 'shop is served by eu-central-1'],
]);

export const marks: readonly Mark[] = [
  { at: startedAt, event: 'load began', why: '40 clients send 800 orders a second to eu-west-1' },
  {
    at: lostAt,
    event: 'Region lost',
    why: 'every process of eu-west-1 was killed and its addresses refuse connections',
  },
  { at: lostAt + 1487, event: 'first write', why: 'a client saw its order acknowledged by eu-central-1' },
  { at: lostAt + 6000, event: 'load ended', why: 'every acknowledged order was looked up in eu-central-1' },
];

const bucketMs = 50;
/** Uneven like real load, the same on every run. */
const uneven = (index: number, perBucket: number): number =>
  Math.round(perBucket * (1 + 0.12 * Math.sin(index * 1.7) + 0.07 * Math.sin(index * 5.3)));
const buckets = (countAt: (index: number) => number): number[] => Array.from({ length: 200 }, (_, i) => countAt(i));

export const checks: GameDayReport['checks'] = [
  {
    id: 'I1',
    title: 'Never two writable primaries beyond the lease bound',
    verdict: 'passed',
    why: 'eu-west-1 acknowledged its last write 0.004 s before the loss, eu-central-1 its first 1.487 s after it',
  },
  {
    id: 'I2',
    title: 'The epoch only rises; no write carrying a lower epoch takes effect',
    verdict: 'passed',
    why: 'epochs 6 and 7, in that order, in 31 journal lines and 2 versions of the record',
  },
  {
    id: 'I4',
    title: 'DNS never has zero targets',
    verdict: 'passed',
    why: '9,842 answers were recorded, each with one address',
  },
  {
    id: 'I15',
    title: 'Success only after a real write transaction was verified in the new Region',
    verdict: 'passed',
    why: 'the order of Verify was read back 0.844 s before the run was closed',
  },
];

const evidence = {
  notDue: null,
  objectives: { rtoSeconds: 5, rpoSeconds: 1 },
  measured: {
    rtoSeconds: 1.487,
    rpoSeconds: 0.036,
    acknowledgedWrites: 6811,
    acknowledgedWritesLost: 29,
    writersOverlapMs: 0,
    ttlSeconds: 1,
    dnsCacheShareSeconds: 0.372,
    phases: phaseDurations(entries, lostAt),
  },
  checks,
};

export const sample: GameDayReport = GameDayReport.parse({
  schema: 1,
  kind: 'gameday',
  application: 'shop',
  scenario: 'region-lost',
  story: 'The primary Region dies at one moment, with every process in it.',
  verdict: verdictOf(evidence),
  startedAt,
  lostAt,
  run: {
    id: run.id,
    epoch: run.epoch,
    from: run.from.region,
    to: run.to.region,
    trigger: run.trigger,
    reason: run.reason,
  },
  ...evidence,
  timeline: timeline(entries, marks),
  series: {
    startedAt,
    bucketMs,
    acknowledged: {
      'eu-west-1': buckets((index) => (index < 80 ? uneven(index, 40) : 0)),
      'eu-central-1': buckets((index) => (index < 109 ? 0 : uneven(index, Math.min(40, 6 + (index - 109) * 4)))),
    },
    failed: buckets((index) => (index >= 80 && index < 124 ? uneven(index, index < 109 ? 22 : 22 - (index - 109)) : 0)),
  },
  environment: { cpus: 2, node: '24.21.0', postgres: '18.4', platform: 'linux x64' },
});
