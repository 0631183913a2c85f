import { beforeAll, describe, expect, it } from 'vitest';
import * as happen from '../../lab/simulator/happenings.ts';
import type { DayHistory } from '../../lab/simulator/history.ts';
import { simulate } from '../../lab/simulator/simulate.ts';
import type { JournalEntry } from '../../shared/domain/journal.ts';
import { plannedSteps } from '../../shared/domain/phase.ts';
import type { Purpose } from '../../shared/domain/run.ts';
import { type Rehearsal, rehearsalOf } from '../../shared/report/rehearsal.ts';

interface Rehearsed {
  readonly history: DayHistory;
  readonly status: string | undefined;
  readonly mutating: readonly string[];
  readonly entries: readonly JournalEntry[];
  readonly told: Rehearsal;
}

/** A day on which a person asks what a planned run would do, and nothing else but what has happened before. */
async function rehearsed(purpose: Purpose, before: readonly happen.Happening[]): Promise<Rehearsed> {
  const place = purpose === 'failback' ? 'primary' : 'recovery';
  const asking = happen.manualStart(place, { at: 1200 }, { purpose, dryRun: true });
  const weather = () => ({ rates: {}, healAt: 1800, happenings: [...before, asking] });
  const { checks, history } = await simulate({ scenario: { name: purpose, story: '', weather }, seed: 1 });
  expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  const execution = history.executions.find(({ isDryRun }) => isDryRun);
  const own = history.calls.filter(({ runId }) => runId === execution?.name);
  const entries = own.flatMap(({ applied, input }) => (applied ? journalEntryIn(input) : []));
  return {
    history,
    status: execution?.status,
    mutating: own.filter((call) => call.mutating && !isOwnBook(call.input)).map(({ command }) => command),
    entries,
    told: rehearsalOf({ application: history.plan.application, run: undefined, entries }),
  };
}

interface Put {
  readonly Item?: { readonly pk?: { readonly S?: string }; readonly entry?: object };
}

const isOwnBook = (input: unknown): boolean => (input as Put).Item?.pk?.S?.startsWith('dry-run#') === true;

/** As DynamoDB writes values down: each is told with its type. */
function plain(value: unknown): unknown {
  const [[type, inner] = ['NULL', true]] = Object.entries(value as Record<string, unknown>);
  if (type === 'M') return Object.fromEntries(Object.entries(inner as object).map(([key, one]) => [key, plain(one)]));
  if (type === 'L') return (inner as unknown[]).map(plain);
  return type === 'N' ? Number(inner) : inner;
}

function journalEntryIn(input: unknown): readonly JournalEntry[] {
  const { entry } = (input as Put).Item ?? {};
  return entry === undefined ? [] : [plain(entry) as JournalEntry];
}

const acts = ({ lines }: Rehearsal) =>
  lines.filter(({ would }) => would === 'act').map(({ data, step }) => `${step} ${data?.call.command}`);
const waits = ({ lines }: Rehearsal) => lines.filter(({ would }) => would === 'wait').map(({ step }) => step);

describe('a dry run of a switchover', () => {
  let dry: Rehearsed;
  beforeAll(async () => {
    dry = await rehearsed('switchover', []);
  });

  it('comes to its end, refuses nothing, and makes no mutating call but into its own books', () => {
    expect(dry.status).toBe('SUCCEEDED');
    expect(dry.mutating).toEqual([]);
    expect(dry.told.verdict).toBe('nothing-refused');
  });

  it('lists what it would do, in the order of a run', () => {
    expect(acts(dry.told)).toEqual([
      'scale UpdateService',
      'freeze Publish',
      'freeze claim',
      'promote PromoteReadReplica',
      'verify POST',
      'flip-dns ChangeResourceRecordSets',
      'confirm POST',
      'protect StartExecution',
      'notify Publish',
    ]);
  });

  it('goes through every step of a planned run', () => {
    const ran = new Set(dry.entries.filter(({ event }) => event === 'step-started').map(({ step }) => step));
    expect(plannedSteps.filter((step) => !ran.has(step))).toEqual([]);
  });
});

describe('a dry run of a failback, while the old primary stands alone', () => {
  let dry: Rehearsed;
  beforeAll(async () => {
    dry = await rehearsed('failback', [happen.regionLost('primary', { at: 60, until: 480 })]);
  });

  it('comes to its end, refuses nothing, and makes no mutating call but into its own books', () => {
    expect(dry.status).toBe('SUCCEEDED');
    expect(dry.mutating).toEqual([]);
    expect(dry.told.verdict).toBe('nothing-refused');
  });

  it('lists what it would do, and says what would have to wait for that', () => {
    expect(acts(dry.told)).toEqual([
      'reverse CreateDBSnapshot',
      'freeze Publish',
      'freeze claim',
      'verify POST',
      'flip-dns ChangeResourceRecordSets',
      'confirm POST',
      'protect StartExecution',
      'notify Publish',
    ]);
    expect(waits(dry.told)).toEqual(['final-sync', 'compare', 'promote']);
    expect(dry.told.lines.find(({ step }) => step === 'reverse')?.why).toContain('a replica of the writer is built');
    expect(dry.told.lines.find(({ step }) => step === 'promote')?.why).toContain('orders-db (reverse)');
  });
});
