import type { Evidence, ScenarioEvidence } from '../../lab/checkers/evidence.ts';
import type { ApiCall } from '../../lab/cloud/history.ts';
import { genesisHash, hashOf } from '../../shared/coordination/hash-chain.ts';
import type { JournalEntry, JournalNote } from '../../shared/domain/journal.ts';
import { loadedPlan } from './loaded-plan.ts';
import { primary, recovery, sampleNote, sampleRun } from './sample-run.ts';
import { noon } from './virtual-clock.ts';

/** The Region is lost at noon; the application is back a second later. */
export const lostAt = noon;
export const addressOf = { primary: '127.0.1.1', recovery: '127.0.2.1' } as const;

const plan = await loadedPlan((draft) => {
  draft['policy'] = { acceptsControlPlane: ['route53'] };
  draft['objectives'] = { rtoSeconds: 5, rpoSeconds: 1 };
});

/** A line of the journal, so many ms after the loss. */
export interface Line extends Partial<JournalNote> {
  readonly afterMs: number;
}

/** Chained as the journal chains them. */
export function chained(lines: readonly Line[]): readonly JournalEntry[] {
  let previousHash = genesisHash;
  return lines.map(({ afterMs, ...note }, index) => {
    const at = lostAt + afterMs;
    const open = { ...sampleNote(note), sequence: index + 1, at, writtenIn: recovery.region, previousHash };
    const entry = { ...open, hash: hashOf(open) };
    previousHash = entry.hash;
    return entry;
  });
}

export const goodLines: readonly Line[] = [
  { afterMs: 400, step: 'detect', event: 'run-opened', why: 'both signals in alarm' },
  { afterMs: 500, step: 'promote', event: 'step-started' },
  { afterMs: 510, step: 'promote', event: 'acted', resource: 'orders-db' },
  { afterMs: 600, step: 'promote', event: 'step-finished' },
  { afterMs: 610, step: 'verify', event: 'step-started' },
  { afterMs: 700, step: 'verify', event: 'step-finished' },
  { afterMs: 710, step: 'flip-dns', event: 'step-started' },
  { afterMs: 780, step: 'flip-dns', event: 'settled', resource: 'orders-dns' },
  { afterMs: 790, step: 'flip-dns', event: 'step-finished' },
  { afterMs: 900, step: 'confirm', event: 'run-closed', why: 'shop is served by eu-central-1' },
];

export const call = (service: string, command: string, changes: Partial<ApiCall> & { readonly afterMs: number }) => {
  const { afterMs, ...rest } = changes;
  const made: ApiCall = {
    id: `${service}-${command}-${afterMs}`,
    at: lostAt + afterMs,
    callerRegion: recovery.region,
    caller: 'promote',
    endpointRegion: recovery.region,
    service,
    command,
    mutating: true,
    input: {},
    outcome: 'answered',
    applied: true,
    ...rest,
  };
  return made;
};

export const promotion = call('RDS', 'PromoteReadReplica', {
  afterMs: 505,
  input: { DBInstanceIdentifier: 'orders-replica' },
});
export const flip = call('Route53', 'ChangeResourceRecordSets', {
  afterMs: 750,
  caller: 'flip-dns',
  endpointRegion: 'us-east-1',
  input: { HostedZoneId: 'Z0', ChangeBatch: { Changes: [] } },
});

/** What a good game day leaves behind: every checker passes it. A test says only what is special about its own. */
export const sampleEvidence = (changes: Partial<Evidence> = {}): Evidence => ({
  plan,
  lostAt,
  endedAt: lostAt + 3000,
  runs: [sampleRun({ trigger: 'alarm', openedAt: lostAt + 400, incidentAt: lostAt })],
  entries: chained(goodLines),
  executionStatus: 'SUCCEEDED',
  earlier: [],
  executions: [],
  calls: [promotion, flip],
  dnsAnswers: [
    { at: lostAt - 500, name: 'orders.shop.test', addresses: [addressOf.primary] },
    { at: lostAt + 990, name: 'orders.shop.test', addresses: [addressOf.recovery] },
  ],
  writers: {
    overlapMs: 0,
    byEpoch: [],
    terms: [
      { region: primary.region, since: 0 },
      { region: recovery.region, since: lostAt + 550 },
    ],
    regionOf: { [addressOf.primary]: primary.region, [addressOf.recovery]: recovery.region },
  },
  lag: [
    { at: lostAt - 200, lagSeconds: 0.05 },
    { at: lostAt + 100, lagSeconds: -1 },
  ],
  verificationRows: ['verification-1'],
  acknowledgedWritesLost: 7,
  rpoSeconds: 0.035,
  ...changes,
});

/** The same, with what clients and databases said besides: orders every second, acknowledged by whoever was in charge. */
export const scenarioEvidence = (changes: Partial<ScenarioEvidence> = {}): ScenarioEvidence => ({
  ...sampleEvidence(),
  acknowledgements: [
    { region: primary.region, sentAt: lostAt - 15, acknowledgedAt: lostAt - 10 },
    { region: recovery.region, sentAt: lostAt + 995, acknowledgedAt: lostAt + 1000 },
  ],
  directOrders: [],
  databases: { [primary.region]: 'unreachable', [recovery.region]: 'writer' },
  marks: [{ at: lostAt, event: 'fault', why: 'the primary Region is killed' }],
  ...changes,
});
