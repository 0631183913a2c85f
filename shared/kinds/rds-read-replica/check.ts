import * as z from 'zod';
import { act, type Decision, refuse, settled, wait, waitFor } from '../../domain/decision.ts';
import { isWithin, type LossEstimate, lossInWords } from '../../domain/loss.ts';
import type { RecordedFacts } from '../../domain/ports.ts';
import { type Instant, isPlanned } from '../../domain/run.ts';
import type { Goal, Undo } from '../contract.ts';
import { type Instance, remedyFor, serving } from './instance.ts';
import { lossOf } from './loss.ts';
import {
  checkReverse,
  mustNotUndo as mustNotUndoReverse,
  type ReverseAction,
  type ReverseFacts,
  undoReverse,
} from './reverse.ts';
import type { Spec } from './spec.ts';

export type { Instance } from './instance.ts';
export type { Quota, ReverseAction, ReverseFacts, Snapshot, Standby, Writer } from './reverse.ts';
export type { Settings } from './settings.ts';

/** As much of recorded facts as is used: they come from the table, so they are foreign. */
const Recorded = z.object({ instance: z.object({ sourceArn: z.string().optional() }) });

/** `at` is the end of the period that the sample covers: nothing in it was measured later. */
export interface Sample {
  readonly at: Instant;
  readonly value: number;
}

/** Of the database in the Region being left. */
export interface Source {
  readonly status: string;
  readonly engine: string;
  readonly isMultiAz: boolean;
  /** Whether it replicates something itself. */
  readonly isReplica: boolean;
  /** Identifiers of its own replicas, ARNs where they are in another Region. */
  readonly replicas: readonly string[];
}

/** What phase promote looks at. */
export interface Facts {
  readonly instance: 'absent' | Instance;
  /** ReplicaLag as RDS measures it; s, -1: replication inactive. `unknown`: CloudWatch could not compute it. */
  readonly lagSamples: readonly Sample[] | 'unknown';
  /** Age of the newest write of the application that the standby had replayed; s. Empty where none is published. */
  readonly heartbeatAges: readonly Sample[];
  /** Writes of the application per second. Empty where none is published. */
  readonly writeRates: readonly Sample[];
}

/** What phase isolate looks at. */
export interface SourceFacts {
  readonly source: 'absent' | 'unanswered' | Source;
}

export type Seen = Facts | SourceFacts | ReverseFacts;

export type Action =
  /** `promote` in the Region being activated, the others in the one being left. */
  | { readonly type: 'promote' | 'stop-source' | 'start-source'; readonly instance: string }
  /** All of them in the Region being activated. */
  | ReverseAction;

export function check(goal: Goal, spec: Spec, facts: Seen): Decision<Action> {
  if ('source' in facts) return checkSource(goal, spec, facts);
  if ('writer' in facts) return checkReverse(goal, spec, facts);
  const { instance } = facts;
  const where = whereIs(goal, spec);
  if (instance === 'absent') return refuse('replica-not-found', `${where} does not exist`);
  const remedy = remedyFor(instance.status);
  if (remedy !== undefined) return refuse('replica-unusable', `${where} is ${instance.status}: ${remedy}`);
  if (!serving.has(instance.status)) return wait(notYet(where, instance), 1);
  if (instance.sourceArn === undefined) return withoutSource(goal, where);
  return isPlanned(goal.run) ? promoteSynced(goal, spec) : promoteWithinLoss(goal, spec, facts);
}

/** Nothing for an instance that stands alone: whatever there was to lose was lost before. */
export function estimateLoss(goal: Goal, spec: Spec, facts: Facts): LossEstimate | undefined {
  if (typeof facts.instance === 'object' && facts.instance.sourceArn === undefined) return undefined;
  if (isPlanned(goal.run)) {
    const { synced } = goal;
    return synced === undefined ? { seconds: 'unknown', why: 'no final sync yet' } : { seconds: 0, why: synced.why };
  }
  const { why, ...loss } = lossOf(goal, spec, facts);
  return { ...loss, why: `${whereIs(goal, spec)}: ${why}` };
}

/** Nothing brings the stream back: a promoted instance cannot become a replica again, only be replaced by one. */
export function undo(action: Action, _before: Seen): Undo<Action> {
  switch (action.type) {
    case 'stop-source':
      return { ...action, type: 'start-source' };
    case 'start-source':
      return { ...action, type: 'stop-source' };
    case 'promote':
      return { irreversible: `the promotion of ${action.instance} cannot be undone; the way back is a failback` };
    default:
      return undoReverse(action);
  }
}

export const mustNotUndo = (undo: Action, facts: Seen | undefined): string | undefined =>
  mustNotUndoReverse(undo, facts !== undefined && 'writer' in facts ? facts : undefined);

/** The source is fenced when it is stopped; RDS starts it again by itself after seven days. */
function checkSource({ run }: Goal, spec: Spec, { source }: SourceFacts): Decision<Action> {
  const { instance } = spec[run.from.place];
  const where = `${instance} in ${run.from.region}`;
  if (source === 'unanswered') return wait(`${where} does not answer: the fence is not confirmed`, 1);
  if (source === 'absent') return refuse('fence-unusable', `${where} does not exist; correct the plan`);
  if (source.status === 'stopped') return settled(`${where} is stopped, for seven days at most`);
  const obstacle = obstacleTo(source);
  if (obstacle !== undefined) {
    const remedy = 'set stopSource: false, and give the plan another fence or a write lease';
    return refuse('fence-unusable', `RDS does not stop ${where}: ${obstacle}; ${remedy}`);
  }
  if (source.status !== 'available') return wait(`${where} is ${source.status}: it is not stopped`, 1);
  return act({ type: 'stop-source', instance }, `fence ${where}: stop it`);
}

/** Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily", limitations; API reference, StopDBInstance. */
function obstacleTo({ engine, isMultiAz, isReplica, replicas }: Source): string | undefined {
  if (replicas.length > 0) return `it has the read replica ${replicas.join(', ')}`;
  if (isReplica) return 'it is a read replica';
  if (engine.startsWith('aurora')) return 'it belongs to an Aurora cluster';
  if (engine.startsWith('sqlserver') && isMultiAz) return 'it is a Multi-AZ instance of SQL Server';
  return undefined;
}

/**
 * Only what is known to have been a replica holds the data of its source; anything else may be old, or somebody else's. The
 * old primary stands alone as well, and has none of what was written since it was left.
 */
function withoutSource(goal: Goal, where: string): Decision<Action> {
  const { intended = [], recorded, run, surveyed } = goal;
  if (intended.includes('promote')) return settled(`${where} accepts writes: this run has promoted it`);
  const before = sourceIn(surveyed.promote?.facts) ?? sourceIn(inThisReign(goal)?.facts);
  // Whoever has promoted it besides a planned run, no final sync came before.
  if (before !== undefined && !isPlanned(run))
    return settled(`${where} accepts writes: it no longer replicates ${before}`);
  const last = before ?? sourceIn(recorded.promote?.facts);
  const known = last === undefined ? "was none's replica when last looked at" : `no longer replicates ${last}`;
  const since = before === undefined && last !== undefined ? ` since before ${run.from.region} came into charge` : '';
  const remedy = 'make it a replica again by a reprotect, or correct the identifier in the plan';
  return refuse('replica-unusable', `${where} has no source, and ${known}${since}: ${remedy}`);
}

/** What was recorded in an earlier reign of the same Region says nothing: the data has moved there and back since. */
function inThisReign({ recorded, run }: Goal): RecordedFacts | undefined {
  const last = recorded.promote;
  return last === undefined || last.at < (run.inChargeSince ?? 0) ? undefined : last;
}

const sourceIn = (facts: unknown): string | undefined => Recorded.safeParse(facts).data?.instance.sourceArn;

/** Nothing forces a planned run to lose anything: it moves what the final sync has proven to be complete. */
function promoteSynced(goal: Goal, spec: Spec): Decision<Action> {
  const { run, synced } = goal;
  const { instance } = spec[run.to.place];
  const where = whereIs(goal, spec);
  if (synced === undefined) return refuse('not-synced', `nothing shows that ${where} has all that was written`);
  return act({ type: 'promote', instance }, `promote ${where}: nothing is lost, ${synced.why}`);
}

/** Invariant I5: beyond the RPO, or when nobody can tell, only what a person has accepted is promoted. */
function promoteWithinLoss(goal: Goal, spec: Spec, facts: Facts): Decision<Action> {
  const { instance } = spec[goal.run.to.place];
  const { rpoSeconds } = goal.objectives;
  const where = whereIs(goal, spec);
  const loss = lossOf(goal, spec, facts);
  const promotion = (limit: string) =>
    act(
      { type: 'promote', instance } as const,
      `promote ${where}: estimated loss ${lossInWords(loss)}, ${loss.why}, ${limit}`,
    );
  if (isWithin(loss, rpoSeconds)) return promotion(`within the RPO of ${rpoSeconds} s`);
  if (isWithin(loss, goal.acceptedLoss)) return promotion(`accepted by a person above the RPO of ${rpoSeconds} s`);
  const would = `promoting ${where} would lose ${lossInWords(loss)}, above the RPO of ${rpoSeconds} s`;
  return waitFor('accept-data-loss', `${would}: ${loss.why}; a person must accept that`);
}

function notYet(where: string, { sourceArn, status }: Instance): string {
  if (sourceArn === undefined) return `${where} has no source any more but is still ${status}`;
  if (status === 'backing-up') return `${where} is backing-up: RDS refuses to promote it until the backup is done`;
  return `${where} is ${status}: it can be promoted once it is available`;
}

const whereIs = ({ run }: Goal, spec: Spec): string => `${spec[run.to.place].instance} in ${run.to.region}`;
