import type { JournalEntry, WouldAct } from '../domain/journal.ts';
import { plannedSteps, type StepId, stepIds } from '../domain/phase.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Run } from '../domain/run.ts';
import type { Paint } from './paint.ts';
import { hanging } from './text/wrap.ts';
import { plainLine, plural, stepTitle } from './words.ts';

/** What a run would do about one resource in one step, or why the step does nothing. */
export interface RehearsedLine {
  readonly step: StepId;
  readonly resource?: string;
  /** `already`: nothing to do. `wait`: it would be looked at again until it is so. */
  readonly would: 'act' | 'wait' | 'already' | 'refuse';
  readonly why: string;
  readonly refusal?: Refusal;
  /** For `act`: the call that the leash has stopped, and what would undo it. */
  readonly data?: WouldAct;
}

/** The answer of a dry run. */
export interface Rehearsal {
  readonly application: string;
  readonly fromRegion: string | null;
  readonly toRegion: string | null;
  readonly epoch: number | null;
  readonly verdict: 'nothing-refused' | 'refused';
  /** In the order of a run. */
  readonly lines: readonly RehearsedLine[];
}

export interface Rehearsed {
  readonly application: string;
  /** Undefined when no run would be opened. */
  readonly run: Run | undefined;
  readonly entries: readonly JournalEntry[];
  /** A refusal that no journal knows, as there was no run: that of Detect. */
  readonly refusal?: { readonly step: StepId; readonly why: string; readonly refusal: Refusal };
}

/** From the journal of a dry run to what a run would do, in its order. */
export function rehearsalOf({ application, entries, refusal, run }: Rehearsed): Rehearsal {
  const told = entries.flatMap((entry) => lineOf(entry, entries));
  const lines = refusal === undefined || told.some(({ would }) => would === 'refuse') ? told : [...told, late(refusal)];
  const order = orderOf(entries);
  return {
    application,
    fromRegion: run?.from.region ?? null,
    toRegion: run?.to.region ?? null,
    epoch: run?.epoch ?? null,
    verdict: lines.some(({ would }) => would === 'refuse') ? 'refused' : 'nothing-refused',
    lines: lines.toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step)),
  };
}

/** A planned run takes one step after the other, so its journal has their order; a failover takes some side by side. */
function orderOf(entries: readonly JournalEntry[]): readonly StepId[] {
  const isPlanned = entries.some(({ step }) => plannedSteps.includes(step));
  return isPlanned ? [...new Set(entries.map(({ step }) => step))] : stepIds;
}

const late = (refusal: NonNullable<Rehearsed['refusal']>): RehearsedLine => ({ ...refusal, would: 'refuse' });

function lineOf(entry: JournalEntry, entries: readonly JournalEntry[]): readonly RehearsedLine[] {
  const { data, event, refusal, resource, step, why } = entry;
  const line = { step, why, ...(resource === undefined ? {} : { resource }) };
  if (event === 'would-act') return [{ ...line, would: 'act', data: data as WouldAct }];
  if (event === 'would-wait') return [{ ...line, would: 'wait' }];
  // It was refused too early, see shared/steps/dry-run.ts: the line above says what it would wait for.
  if (refusal !== undefined && entries.some((one) => one.event === 'would-wait' && one.step === step)) return [];
  if (refusal !== undefined && resource !== undefined) return [{ ...line, would: 'refuse', refusal }];
  if (
    refusal !== undefined &&
    !entries.some((one) => one.step === step && one !== entry && one.refusal !== undefined)
  ) {
    return [{ ...line, would: 'refuse', refusal }];
  }
  const wouldAct = entries.some((one) => one.event === 'would-act' && one.step === step && one.resource === resource);
  // A line about no resource is the step's own, such as Isolate's proof.
  return event === 'settled' && entry.resource !== undefined && !wouldAct ? [{ ...line, would: 'already' }] : [];
}

const width = 110;
const words: Readonly<Record<RehearsedLine['would'], string>> = {
  act: 'would',
  wait: 'would wait',
  already: 'nothing to do',
  refuse: 'REFUSED',
};

/** For the terminal; ends with a line break. */
export function renderRehearsal(rehearsal: Rehearsal, paint: Paint): string {
  const { application, epoch, fromRegion, lines, toRegion } = rehearsal;
  const title =
    fromRegion === null ? application : `${application}, from ${fromRegion} to ${toRegion} as epoch ${epoch}`;
  const told = lines.flatMap((line, index) => textOf(line, index, paint));
  return [
    paint.bold(`Dry run of ${title}. Nothing was changed.`),
    '',
    ...told,
    '',
    conclusion(rehearsal, paint),
    '',
  ].join('\n');
}

function textOf(line: RehearsedLine, index: number, paint: Paint): readonly string[] {
  const { data, refusal, resource = '', step, why, would } = line;
  const brush = { act: paint.accent, wait: paint.doubtful, already: paint.dim, refuse: paint.bad }[would];
  const head = `${String(index + 1).padStart(3)}  ${stepTitle(step).padEnd(9)}`;
  const word = refusal === undefined ? words[would] : `${words[would]} ${refusal}`;
  const [first = '', ...rest] = hanging(
    ' '.repeat(head.length + 1),
    plainLine(`${word}${resource === '' ? '' : ` · ${resource}`}: ${why}`),
    width,
  );
  const more = data === undefined ? [] : [callText(data), ...(data.undo === undefined ? [] : [undoText(data.undo)])];
  const indent = ' '.repeat(head.length + 1);
  const below = more.flatMap((text) => hanging(indent, text, width)).map(paint.dim);
  return [`${head} ${brush(first.trimStart())}`, ...rest.map(brush), ...below];
}

const callText = ({ call }: WouldAct): string => plainLine(`by ${call.service} ${call.command} (${call.at})`);

const undoText = (undo: NonNullable<WouldAct['undo']>): string =>
  plainLine('irreversible' in undo ? `no way back: ${undo.irreversible}` : `can be undone: ${undo.type}`);

function conclusion({ lines, verdict }: Rehearsal, paint: Paint): string {
  const of = (would: RehearsedLine['would']): number => lines.filter((line) => line.would === would).length;
  if (verdict === 'refused') return paint.bad(`A run would be refused now: ${plural(of('refuse'), 'reason')}.`);
  const waits = of('wait') === 0 ? '' : `; ${plural(of('wait'), 'step')} could not be looked at to the end`;
  return paint.good(`A run would not be refused now: ${plural(of('act'), 'act')}${waits}.`);
}
