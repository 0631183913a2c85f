import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import { type ServerFacts, shownBy } from '../../domain/name-servers.ts';
import type { Run } from '../../domain/run.ts';
import { markerProblem, servedFrom } from '../../domain/watched-names.ts';
import type { Goal, Undo } from '../contract.ts';
import type { Spec } from './spec.ts';

const LOOK_AGAIN_SECONDS = 1;

/** A conflict may pass ("Try again", says the API); a safety rule says the same again. */
const CONFLICTS_MAX = 3;

export type ControlState = 'On' | 'Off' | 'absent';

export interface Facts {
  readonly states: readonly { readonly arn: string; readonly state: ControlState }[];
  /** How often this process was refused a change by the cluster, one after the other, and its last words. */
  readonly conflicts: { readonly count: number; readonly message: string };
  readonly servers: readonly ServerFacts[];
}

export interface Entry {
  readonly arn: string;
  readonly state: 'On' | 'Off';
}

/** One atomic update: all controls change, or none does. */
export interface Action {
  readonly type: 'switch' | 'switch-back';
  readonly entries: readonly Entry[];
}

export function check({ run }: Goal, spec: Spec, { conflicts, servers, states }: Facts): Decision<Action> {
  const missing = states.filter(({ state }) => state === 'absent').map(({ arn }) => arn);
  if (missing.length > 0) return refuse('routing-control-not-found', `the cluster does not know ${missing.join(', ')}`);
  const problem = markerProblem(servers, spec);
  if (problem !== undefined) return refuse('record-unusable', problem);
  const entries = entriesFor(run, spec).filter(
    ({ arn, state }) => !states.some((one) => one.arn === arn && one.state === state),
  );
  if (entries.length > 0 && conflicts.count >= CONFLICTS_MAX) return refuse('safety-rule-violated', conflicts.message);
  if (entries.length > 0) return act({ type: 'switch', entries }, `in one update ${sentence(entries)}`);
  const shown = shownBy(servers, servedFrom(run.to.place, spec));
  if (!shown.shown) return wait(`the routing controls are set: ${shown.why}`, LOOK_AGAIN_SECONDS);
  return settled(`${run.to.region} is answered by ${shown.where}, as ${spec.controls.length} pairs of controls say`);
}

/** The one that lets traffic in stands first: no moment without a target even if an update were not atomic. */
function entriesFor({ from, to }: Run, { controls }: Spec): readonly Entry[] {
  const on = controls.map((pair): Entry => ({ arn: pair[to.place], state: 'On' }));
  const off = controls.map((pair): Entry => ({ arn: pair[from.place], state: 'Off' }));
  return [...on, ...off];
}

const sentence = (entries: readonly Entry[]): string =>
  entries.map(({ arn, state }) => `${arn.split('/').at(-1)} ${state}`).join(', ');

/** The states that the same controls had. */
export function undo({ entries }: Action, { states }: Facts): Undo<Action> {
  const former = entries.flatMap(({ arn }) => {
    const state = states.find((one) => one.arn === arn)?.state;
    return state === 'On' || state === 'Off' ? [{ arn, state }] : [];
  });
  if (former.length < entries.length) return { irreversible: 'how the routing controls were before was not seen' };
  return { type: 'switch-back', entries: former };
}
