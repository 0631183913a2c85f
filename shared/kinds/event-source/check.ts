import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import { isPlanned } from '../../domain/run.ts';
import type { Goal, Undo } from '../contract.ts';
import { type Spec, wordsOf } from './spec.ts';

/** `turning-on` and `turning-off` pass by themselves, and so does `changing`, of which nobody knows where it leads. */
export type State = 'on' | 'off' | 'turning-on' | 'turning-off' | 'changing' | 'being-deleted';

export interface EventSource {
  readonly state: State;
  /** As AWS calls it, e.g. `Enabling` or `ENABLED`. */
  readonly word: string;
  /** Why it cannot be switched, if so. */
  readonly unusable?: string;
  /** Of a schedule, all but its state: who writes a schedule writes it whole. Dates are texts. */
  readonly schedule?: Readonly<Record<string, unknown>>;
}

export type Seen = 'absent' | 'unanswered' | EventSource;

/** Of the sides that the phase is about. */
export interface Facts {
  readonly from?: Seen;
  readonly to?: Seen;
}

export interface Action {
  readonly type: 'switch-on' | 'switch-off';
  readonly at: 'from' | 'to';
  readonly schedule?: EventSource['schedule'];
}

/** Off in the Region being left, or at rest; on in the one being activated, and there only once the other is off. */
export function check(goal: Goal, spec: Spec, facts: Facts): Decision<Action> {
  if (goal.phase === 'isolate') return checkOff('from', goal, { spec, seen: facts.from });
  if (goal.phase === 'rest') return checkOff('to', goal, { spec, seen: facts.to });
  const left = isPlanned(goal.run) ? checkOff('from', goal, { spec, seen: facts.from }) : undefined;
  return left === undefined || left.verdict === 'settled' ? checkOn(goal, { spec, seen: facts.to }) : left;
}

/** Back to what was seen, as far as switching can bring it back. */
export function undo(action: Action, before: Facts): Undo<Action> {
  const seen = before[action.at];
  const source = typeof seen === 'object' ? seen : undefined;
  if (source?.state === 'on' || source?.state === 'turning-on') {
    if (!source.word.startsWith('ENABLED_')) return { ...action, type: 'switch-on' };
    return { irreversible: `the rule was ${source.word}, which only PutRule brings back; it stays switched off` };
  }
  if (source?.state === 'off' || source?.state === 'turning-off') return { ...action, type: 'switch-off' };
  const now = action.type === 'switch-on' ? 'on' : 'off';
  return { irreversible: `it stays switched ${now}: whether it was on before was not seen` };
}

interface Looked {
  readonly spec: Spec;
  readonly seen: Seen | undefined;
}

/** What delivers nothing needs no switching. */
function checkOff(at: Action['at'], { run }: Goal, { seen = 'unanswered', spec }: Looked): Decision<Action> {
  const where = `${wordsOf(spec[run[at].place])} in ${run[at].region}`;
  if (seen === 'unanswered') return wait(`${where} does not answer: it may still deliver`, 1);
  if (seen === 'absent') return settled(`${where} does not exist: it delivers nothing`);
  if (seen.state === 'off') return settled(`${where} is ${seen.word}`);
  if (seen.state !== 'on') return wait(`${where} is ${seen.word}`, 1);
  if (seen.unusable !== undefined) return refuse('event-source-unusable', `${where} ${seen.unusable}`);
  return act(actionOf('switch-off', at, seen), `switch off ${where}: it is ${seen.word}`);
}

function checkOn({ run }: Goal, { seen = 'unanswered', spec }: Looked): Decision<Action> {
  const where = `${wordsOf(spec[run.to.place])} in ${run.to.region}`;
  if (seen === 'unanswered') return wait(`${where} does not answer`, 1);
  if (seen === 'absent') return refuse('event-source-unusable', `${where} does not exist; create it`);
  if (seen.state === 'on') return settled(`${where} is ${seen.word}`);
  if (seen.state === 'being-deleted') return refuse('event-source-unusable', `${where} is ${seen.word}`);
  if (seen.state !== 'off') return wait(`${where} is ${seen.word}`, 1);
  if (seen.unusable !== undefined) return refuse('event-source-unusable', `${where} ${seen.unusable}`);
  return act(actionOf('switch-on', 'to', seen), `switch on ${where}: it is ${seen.word}`);
}

const actionOf = (type: Action['type'], at: Action['at'], { schedule }: EventSource): Action => ({
  type,
  at,
  ...(schedule === undefined ? {} : { schedule }),
});
