import { type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Goal, Undo } from '../contract.ts';
import type { Difference } from './differences.ts';
import { comparePositions } from './positions.ts';
import type { Position } from './protocol.ts';
import type { Spec } from './spec.ts';

const LOOK_AGAIN_SECONDS = 1;
/** So many differences are told in words; the rest is counted. */
const TOLD = 3;

export type Answer<T> = { readonly answered: false; readonly why: string } | ({ readonly answered: true } & T);

export interface Facts {
  /** Of the database in the Region being left. */
  readonly from: Answer<Position>;
  /** Of the one in the Region being activated. */
  readonly to: Answer<Position>;
  /** Only in compare, and only once the positions allow it. */
  readonly comparison?: Answer<Comparison>;
}

export interface Comparison {
  readonly tables: number;
  /** In the Region being left. */
  readonly rows: number;
  /** How many there are; `differences` names the first of them. */
  readonly differing: number;
  readonly differences: readonly (Difference & { readonly keys: readonly string[] })[];
  /** Tables of the plan that neither place has. */
  readonly missing: readonly string[];
  /** Both positions once more, after the checksums were made: nothing was written meanwhile. */
  readonly from: Answer<Position>;
  readonly to: Answer<Position>;
}

/** It looks and never acts: there is no action. */
export type Action = never;

export function check(goal: Goal, spec: Spec, facts: Facts): Decision<Action> {
  const { from, to } = facts;
  const doubt = doubtAbout(goal, spec, { from, to });
  if (doubt !== undefined) return doubt;
  const level = `${goal.run.to.region} is at ${positionOf(to)}, the frozen ${goal.run.from.region} at ${positionOf(from)}`;
  return goal.phase === 'compare' ? checkCompared(goal, spec, facts) : settled(`nothing is missing: ${level}`);
}

export function undo(_action: Action, _before: Facts): Undo<Action> {
  return { irreversible: 'a comparison changes nothing' };
}

type Both = Pick<Facts, 'from' | 'to'>;

/** Why it is not proven that `to` has all that `from` had; undefined when it is. */
function doubtAbout({ run }: Goal, spec: Spec, { from, to }: Both): Decision<Action> | undefined {
  const [left, activated] = [`the database in ${run.from.region}`, `the database in ${run.to.region}`];
  if (!from.answered) return wait(`${left} does not answer: ${from.why}`, LOOK_AGAIN_SECONDS);
  if (!to.answered) return wait(`${activated} does not answer: ${to.why}`, LOOK_AGAIN_SECONDS);
  if (from.writable) return wait(`${left} is not frozen: it takes writes`, LOOK_AGAIN_SECONDS);
  if (from.replica === true) return wait(`${left} is a replica itself, so it proves nothing`, LOOK_AGAIN_SECONDS);
  if (to.writable || to.replica === false) return refuse('replica-broken', `${activated} is no replica of another one`);
  const behind = comparePositions(from.position, to.position, spec.positions);
  const words = `${from.position} in ${run.from.region}, ${to.position} in ${run.to.region}`;
  if (behind === undefined)
    return wait(`these positions are not of the form ${spec.positions}: ${words}`, LOOK_AGAIN_SECONDS);
  return behind > 0 ? wait(`not everything has arrived: ${words}`, LOOK_AGAIN_SECONDS) : undefined;
}

function checkCompared(goal: Goal, spec: Spec, { comparison }: Facts): Decision<Action> {
  if (comparison === undefined) return wait('the tables were not compared yet', LOOK_AGAIN_SECONDS);
  if (!comparison.answered) return wait(`the tables cannot be compared: ${comparison.why}`, LOOK_AGAIN_SECONDS);
  const moved = doubtAbout(goal, spec, comparison);
  if (moved !== undefined) return moved;
  const { differences, differing, missing, rows, tables } = comparison;
  if (missing.length > 0) {
    return refuse('data-differs', `neither database has ${missing.join(', ')}; correct the tables of the plan`);
  }
  if (differing > 0) return refuse('data-differs', told(differences, differing));
  if (tables === 0) return refuse('data-differs', 'neither database names a table: nothing was compared');
  return settled(`${tables} tables with ${rows} rows are equal, at ${positionOf(comparison.from)}`);
}

function told(differences: Comparison['differences'], differing: number): string {
  const first = differences.slice(0, TOLD).map(({ chunk, keys, table, what }) => {
    const where = chunk === undefined ? table : `${table}, chunk from ${chunk}`;
    return `${where}: ${what}${keys.length === 0 ? '' : `, first keys ${keys.join(', ')}`}`;
  });
  const more = differing > first.length ? `; and ${differing - first.length} more` : '';
  return `the data differs (left and activated): ${first.join('; ')}${more}`;
}

const positionOf = (one: Answer<Position>): string => (one.answered ? one.position : 'an unknown position');
