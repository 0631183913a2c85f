import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import { type ServerFacts, shownBy } from '../../domain/name-servers.ts';
import type { Instant, Place, Run, Side } from '../../domain/run.ts';
import { markerProblem, servedFrom } from '../../domain/watched-names.ts';
import type { Goal, Undo } from '../contract.ts';
import { type Claim, claimOf, claimText, parseClaim, runNameOf, type Spec } from './spec.ts';

const LOOK_AGAIN_SECONDS = 1;

export type ObjectFacts =
  | { readonly state: 'present'; readonly text: string; readonly changedAt: Instant }
  | { readonly state: 'absent' }
  | { readonly state: 'no-bucket' }
  /** Only a fact about the Region being left. */
  | { readonly state: 'unanswered'; readonly why: string };

export interface Facts {
  readonly to: ObjectFacts;
  /** Looked at in confirm, and where it may hold traffic: see `isHeldUp` in aws.ts. */
  readonly from?: ObjectFacts;
  /** Asked in flip-dns. */
  readonly servers: readonly ServerFacts[];
}

/**
 * One conditional write: `text` takes the place of `replaces`, or of nothing. `claim` and `rest` are about the Region
 * being activated, `withdraw` is about the one being left.
 */
export interface Action {
  readonly type: 'claim' | 'withdraw' | 'rest' | 'put-back';
  readonly place: Place;
  readonly text: string;
  readonly replaces: string | null;
}

export function check(goal: Goal, spec: Spec, facts: Facts): Decision<Action> {
  const { run } = goal;
  const to = read(run.to, spec, facts.to);
  if (to.problem !== undefined) return refuse('traffic-object-unusable', to.problem);
  const overtaken = overtakenBy(to.claim, run);
  if (overtaken !== undefined) return refuse('stale-epoch', `${to.name} says: ${overtaken}`);
  return goal.phase === 'confirm' ? tidied(goal, spec, { to, facts }) : moved(goal, spec, { to, facts });
}

interface Read {
  readonly name: string;
  readonly problem?: string | undefined;
  readonly claim?: Claim | undefined;
  /** As it stands there: what a write has to name. */
  readonly text: string | null;
}

function read({ place, region }: Side, spec: Spec, object: ObjectFacts): Read {
  const { bucket, key } = spec[place];
  const name = `s3://${bucket}/${key}`;
  if (object.state === 'no-bucket') return { name, text: null, problem: `there is no bucket ${bucket} in ${region}` };
  if (object.state !== 'present') return { name, text: null };
  const claim = parseClaim(object.text);
  if (claim !== undefined) return { name, text: object.text, claim };
  const problem = `${name} was not written by Understudy: ${object.text.slice(0, 80)}`;
  return { name, text: object.text, problem };
}

function overtakenBy(claim: Claim | undefined, run: Run): string | undefined {
  if (claim === undefined || claim.epoch < run.epoch) return undefined;
  const isOwn = claim.epoch === run.epoch && claim.run === runNameOf(run) && claim.back !== true;
  if (isOwn) return undefined;
  const has = claim.back === true ? 'has put traffic back' : 'has written it';
  return `run ${claim.run} ${has} under epoch ${claim.epoch}, and this run has epoch ${run.epoch}`;
}

interface Seen {
  readonly to: Read;
  readonly facts: Facts;
}

/**
 * flip-dns: the claim of the Region being activated stands, and the authoritative servers show what follows from it. A claim of
 * the Region being left that outweighs it is withdrawn: see `isHeldUp` in aws.ts.
 */
function moved({ recorded, run }: Goal, spec: Spec, { facts, to }: Seen): Decision<Action> {
  const problem = markerProblem(facts.servers, spec);
  if (problem !== undefined) return refuse('record-unusable', problem);
  const { epoch, to: side } = run;
  if (to.claim?.active !== true || to.claim.epoch !== epoch) {
    const text = claimText(claimOf(run, true, side.region));
    const why = `${to.name} says from epoch ${epoch} on that ${side.region} is active`;
    return act({ type: 'claim', place: side.place, text, replaces: to.text }, why);
  }
  const from = facts.from === undefined ? undefined : read(run.from, spec, facts.from);
  if (from !== undefined && outweighs(run, from)) return withdrawn(run, from);
  const shown = shownBy(facts.servers, servedFrom(side.place, spec));
  if (shown.shown) return settled(`${side.region} is answered by ${shown.where}, as ${to.name} says (epoch ${epoch})`);
  return wait(
    `${to.name} stands, health checkers have to see it: ${shown.why}${inTheWay(run, spec, recorded, facts.from)}`,
    LOOK_AGAIN_SECONDS,
  );
}

/** The primary's claim outweighs the recovery's, so one that was left standing holds traffic where it is. */
const outweighs = ({ from }: Run, { claim }: Read): boolean => from.place === 'primary' && claim?.active === true;

function inTheWay(run: Run, spec: Spec, { confirm }: Goal['recorded'], seen?: ObjectFacts): string {
  const isSeen = seen !== undefined && seen.state !== 'unanswered';
  const last = (confirm?.facts as Facts | undefined)?.from;
  if (isSeen || last === undefined) return '';
  const from = read(run.from, spec, last);
  return outweighs(run, from) ? `; ${from.name} was active when last seen and holds traffic: withdraw it` : '';
}

/** Over exactly what was seen; a claim that is newer than this run refuses it. */
function withdrawn(run: Run, { claim, name, text: replaces }: Read): Decision<Action> {
  const overtaken = overtakenBy(claim, run);
  if (overtaken !== undefined) return refuse('stale-epoch', `${name} says: ${overtaken}`);
  const text = claimText(claimOf(run, false, run.from.region));
  const why = `${name} says from epoch ${run.epoch} on that ${run.from.region} is not active`;
  return act({ type: 'withdraw', place: run.from.place, text, replaces }, why);
}

/**
 * confirm: traffic has moved, and what could move it back by itself is cleared away, as far as the Region being left
 * answers. It is asked once, and its silence settles: nobody waits for a Region that may be dead.
 */
function tidied({ now, run }: Goal, spec: Spec, { facts, to }: Seen): Decision<Action> {
  const object = facts.from ?? { state: 'unanswered', why: 'it was not asked' };
  const from = read(run.from, spec, object);
  const remains = 'while it stands, traffic may go there by itself: see the kind’s README';
  if (object.state === 'unanswered') {
    return settled(`${run.from.region} does not answer (${object.why}); if ${from.name} is active, ${remains}`);
  }
  if (from.problem !== undefined) return settled(`${from.problem}; ${remains}`);
  if (from.claim?.active === true || overtakenBy(from.claim, run) !== undefined) return withdrawn(run, from);
  return run.to.place === 'recovery'
    ? settled(`${from.name} is not active`)
    : rested(run, { to, from, object, now, spec });
}

interface ToRest {
  readonly to: Read;
  readonly from: Read;
  readonly object: ObjectFacts;
  readonly now: Instant;
  readonly spec: Spec;
}

/**
 * Without any claim the primary is served. Its own must not stay: a primary that dies and comes back would pull traffic to
 * itself. It goes when every checker has seen that the other one is withdrawn, or else they would point there meanwhile.
 */
function rested(run: Run, { from, now, object, spec, to }: ToRest): Decision<Action> {
  if (to.claim?.active !== true)
    return settled(`neither ${to.name} nor ${from.name} is active: primary is served at rest`);
  const withdrawnAt = object.state === 'present' ? object.changedAt : 0;
  const leftSeconds = (withdrawnAt - now) / 1000 + spec.checkersSeeAfterSeconds;
  if (leftSeconds > 0) {
    return wait(`${from.name} is withdrawn; checkers have seen it in ${Math.ceil(leftSeconds)} s`, leftSeconds);
  }
  const text = claimText(claimOf(run, false, run.to.region));
  const why = `${to.name} has done its service: without any claim ${run.to.region} is served`;
  return act({ type: 'rest', place: run.to.place, text, replaces: to.text }, why);
}

/** Writes what the object said before, under this run's epoch: the mark `back` keeps the run from writing again. */
export function undo({ place, text, type }: Action, before: Facts): Undo<Action> {
  const written = parseClaim(text);
  if (written === undefined) return { irreversible: `${text} is no claim` };
  const object = type === 'withdraw' ? before.from : before.to;
  const former = object?.state === 'present' ? parseClaim(object.text) : undefined;
  // What this run itself had written before comes back as it was: its own undo is still to come.
  const isOwn = former?.epoch === written.epoch;
  const back: Claim = isOwn ? former : { ...written, active: former?.active ?? false, back: true };
  return { type: 'put-back', place, text: claimText(back), replaces: text };
}
