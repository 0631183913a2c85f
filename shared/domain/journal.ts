import type { StoppedCall } from './leashed.ts';
import type { StepId } from './phase.ts';
import type { Refusal } from './refusals.ts';
import type { Instant } from './run.ts';

/**
 * What the journal can say. `asked`: a person must decide; `answered`: one has. `intended` without an answer means: the effect may or may not have happened. Only a dry run
 * says `would-act` (instead of `acted`) and `would-wait` (instead of coming back).
 */
export const journalEvents = [
  'run-opened',
  'step-started',
  'surveyed',
  'reconciled',
  'intended',
  'acted',
  'would-act',
  'would-wait',
  'rejected',
  'undone',
  'settled',
  'waiting',
  'asked',
  'answered',
  'refused',
  'failed',
  'step-finished',
  'run-closed',
] as const;
export type JournalEvent = (typeof journalEvents)[number];

export interface JournalNote {
  readonly runId: string;
  readonly epoch: number;
  readonly step: StepId;
  readonly event: JournalEvent;
  readonly why: string;
  readonly resource?: string;
  readonly refusal?: Refusal;
  /** For `intended`: the action, and what will undo it. For `would-act`: the call besides. For `surveyed`: the facts. */
  readonly data?: unknown;
}

/** One line of the journal: append-only, in one total order per run, each line chained to the one before. */
export interface JournalEntry extends JournalNote {
  readonly sequence: number;
  readonly at: Instant;
  /** Region whose code wrote the line. */
  readonly writtenIn: string;
  readonly previousHash: string;
  /** SHA-256 over the canonical JSON of all other fields; hex. */
  readonly hash: string;
}

/** What `intended` carries in `data`. */
export interface Intent {
  readonly action: { readonly type: string };
  readonly undo: { readonly type: string } | { readonly irreversible: string };
}

/** What `would-act` carries in `data`. */
export interface WouldAct extends Partial<Intent> {
  readonly call: StoppedCall;
}
