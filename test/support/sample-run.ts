import type { JournalEntry, JournalNote } from '../../shared/domain/journal.ts';
import type { OpenRun } from '../../shared/domain/ports.ts';
import { type Run, RunRequest } from '../../shared/domain/run.ts';
import { noon } from './virtual-clock.ts';

export const primary = { place: 'primary', region: 'eu-west-1' } as const;
export const recovery = { place: 'recovery', region: 'eu-central-1' } as const;
export const witnessRegion = 'eu-west-3';
export const application = 'shop';

export const sampleRun = (changes: Partial<Run> = {}): Run => ({
  id: 'run-1',
  application,
  trigger: 'manual',
  purpose: 'failover',
  reason: 'test',
  from: primary,
  to: recovery,
  epoch: 1,
  openedAt: noon,
  incidentAt: noon,
  ...changes,
});

/** A wish to leave the primary with the run of that name. */
export const wantsToOpen = (runId: string, changes: Partial<OpenRun> = {}): OpenRun => ({
  runId,
  request: RunRequest.parse({ application, reason: 'test' }),
  purpose: 'failover',
  planHash: 'plan',
  from: primary,
  to: recovery,
  inChargeAtFirst: primary.region,
  staleAfterMs: 120_000,
  coolDownMs: 0,
  ...changes,
});

export const sampleNote = (changes: Partial<JournalNote> = {}): JournalNote => ({
  runId: 'run-1',
  epoch: 1,
  step: 'scale',
  event: 'waiting',
  why: 'test',
  ...changes,
});

/** Numbered lines of one run, without the chain that only the real journal makes. */
export const entriesOf = (...notes: readonly Partial<JournalNote>[]): readonly JournalEntry[] =>
  notes.map((one, index) => ({
    ...sampleNote(one),
    sequence: index + 1,
    at: noon + index,
    writtenIn: recovery.region,
    previousHash: '',
    hash: '',
  }));
