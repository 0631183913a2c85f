import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Goal, Undo } from '../contract.ts';
import { type Instance, remedyFor, serving } from './instance.ts';
import { keptName } from './names.ts';
import { type Settings, settingsBefore, settingsOf } from './settings.ts';
import type { Spec } from './spec.ts';

/** The instance in the Region at rest, under the name that the plan gives. */
export interface Standby extends Instance {
  /** Never changes, whatever its name. */
  readonly resourceId: string;
  readonly settings: Settings;
}

/** The instance in the Region in charge. */
export interface Writer {
  readonly arn: string;
  readonly status: string;
  readonly engine: string;
  readonly backupRetentionDays: number;
  readonly isReplica: boolean;
  readonly isEncrypted: boolean;
}

export interface Snapshot {
  /** `creating`, `available`, or what went wrong. */
  readonly status: string;
  /** Of the instance that it was taken of. */
  readonly resourceId: string;
}

/** An account may have so many of something in a Region, and has so many. */
export interface Quota {
  /** As RDS calls it, https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html */
  readonly name: string;
  readonly used: number;
  readonly max: number;
}

/** What phase reverse looks at: both ends, and the snapshot that this run would take. */
export interface ReverseFacts {
  readonly standby: 'absent' | Standby;
  readonly writer: 'absent' | 'unanswered' | Writer;
  readonly snapshot: 'absent' | Snapshot;
  /** In the Region at rest. Left out where nothing is to be built, and where RDS does not tell. */
  readonly quotas?: readonly Quota[];
}

export type ReverseAction =
  | { readonly type: 'create-snapshot'; readonly instance: string; readonly snapshot: string }
  /** Another name, for good; or the old name back. */
  | { readonly type: 'retire' | 'bring-back'; readonly instance: string; readonly newName: string }
  | {
      readonly type: 'create-replica';
      readonly instance: string;
      readonly sourceArn: string;
      readonly settings: Settings;
    }
  | OnReplica;

/** Only ever a replica of that source, see mustNotUndo. */
interface OnReplica {
  readonly type: 'delete-replica' | 'protect' | 'unprotect';
  readonly instance: string;
  readonly sourceArn: string;
}

/**
 * Each look takes the next link: a healthy replica is what is wanted; what stands alone is the old primary, and is first
 * kept (a snapshot, then another name); where nothing is, a replica of the writer is built. Nothing is ever deleted here.
 */
export function checkReverse(goal: Goal, spec: Spec, facts: ReverseFacts): Decision<ReverseAction> {
  const { snapshot, standby, writer } = facts;
  const { from, purpose } = goal.run;
  if (writer === 'absent') return refuse('not-replicable', `${writerIs(goal, spec)} does not exist; correct the plan`);
  if (writer === 'unanswered') return wait(`${writerIs(goal, spec)} does not answer`, 1);
  if (standby !== 'absent' && standby.sourceArn !== undefined) return checkReplica(goal, spec, { standby, writer });
  if (purpose === 'switchover') {
    const state = standby === 'absent' ? 'does not exist' : `is no replica of ${writer.arn}`;
    const remedy = 'a switchover repairs nothing: start a reprotect, then it again, or a failback';
    return refuse('replica-broken', `${standbyIs(goal, spec)} ${state}; ${remedy}`);
  }
  const settings = settingsOf(goal, spec, standby === 'absent' ? undefined : standby.settings);
  const obstacle = obstacleTo(goal, writer, settings) ?? shortOf(goal, facts);
  if (settings === undefined || obstacle !== undefined) {
    return refuse('not-replicable', `RDS cannot replicate ${writerIs(goal, spec)}: ${obstacle}`);
  }
  if (standby !== 'absent') return keep(goal, spec, { snapshot, standby });
  if (!serving.has(writer.status))
    return wait(`${writerIs(goal, spec)} is ${writer.status}: no replica can be built`, 1);
  const { instance } = spec[goal.run.to.place];
  // Protection against deletion comes last: a half-built replica must be possible to take away.
  const create = { type: 'create-replica', instance, sourceArn: writer.arn, settings } as const;
  return act(create, `build ${standbyIs(goal, spec)}: a replica of ${spec[from.place].instance} in ${from.region}`);
}

/** What it was, for what was built or renamed; a snapshot stays. */
export function undoReverse(action: ReverseAction): Undo<ReverseAction> {
  const { instance } = action;
  switch (action.type) {
    case 'create-snapshot':
      return { irreversible: `the snapshot ${action.snapshot} of ${instance} stays; delete it when nobody needs it` };
    case 'retire':
      return { type: 'bring-back', instance: action.newName, newName: instance };
    case 'bring-back':
      return { type: 'retire', instance: action.newName, newName: instance };
    case 'create-replica':
      return { type: 'delete-replica', instance, sourceArn: action.sourceArn };
    case 'protect':
      return { type: 'unprotect', instance, sourceArn: action.sourceArn };
    default:
      return { irreversible: `${action.type} of ${instance} is an undo itself` };
  }
}

/**
 * Invariant I14: an instance is deleted only while it is seen to be the replica that this run has built. What stands alone may
 * hold the only copy of something, whatever the journal says; and so may a replica whose writer is not seen to serve.
 */
export function mustNotUndo(undo: { readonly type: string }, facts: ReverseFacts | undefined): string | undefined {
  if (!isOnReplica(undo)) return undefined;
  if (facts === undefined) return `${undo.instance} cannot be seen: it is left as it is`;
  const { standby, writer } = facts;
  if (standby === 'absent') return undefined;
  if (standby.sourceArn !== undo.sourceArn)
    return `${undo.instance} is no replica of ${undo.sourceArn}: it is left as it is`;
  if (typeof writer === 'object' && serving.has(writer.status)) return undefined;
  return `${undo.sourceArn} is not seen to serve, and ${undo.instance} may be the only copy: it is left as it is`;
}

const isOnReplica = (undo: { readonly type: string }): undo is OnReplica =>
  undo.type === 'delete-replica' || undo.type === 'unprotect';

/** Something replicates there already. */
function checkReplica(
  goal: Goal,
  spec: Spec,
  { standby, writer }: { readonly standby: Standby; readonly writer: Writer },
): Decision<ReverseAction> {
  const where = standbyIs(goal, spec);
  if (standby.sourceArn !== writer.arn) {
    return refuse('replica-broken', `${where} replicates ${standby.sourceArn}, not ${writer.arn}; correct the plan`);
  }
  const { replication, status } = standby;
  if (status === 'deleting') return wait(`${where} is being deleted: its name is not free yet`, 1);
  const remedy = remedyFor(status);
  if (remedy !== undefined) return refuse('replica-broken', `${where} is ${status}: ${remedy}`);
  if (!serving.has(status)) return wait(`${where} is ${status}: it replicates once it is available`, 1);
  if (replication === 'none') return wait(`${where} is available, but does not show that it replicates`, 1);
  if (replication !== 'replicating') {
    const advice = 'see its events in RDS; delete it by hand, and start again, to have it built anew';
    return refuse('replica-broken', `replication to ${where} has the state ${replication}: ${advice}`);
  }
  if (settingsBefore(goal)?.isProtected === true && !standby.settings.isProtected) {
    const { instance } = spec[goal.run.to.place];
    const action = { type: 'protect', instance, sourceArn: writer.arn } as const;
    return act(action, `protect ${where} against deletion, as its predecessor was`);
  }
  return settled(`${where} replicates ${writer.arn}`);
}

/** Something stands alone there: the old primary, with writes that perhaps nobody else has. */
function keep(
  goal: Goal,
  spec: Spec,
  { snapshot, standby }: { readonly standby: Standby; readonly snapshot: ReverseFacts['snapshot'] },
): Decision<ReverseAction> {
  const { instance } = spec[goal.run.to.place];
  const where = standbyIs(goal, spec);
  const kept = keptName(instance, goal.run.epoch);
  if (standby.status === 'deleting') return wait(`${where} is being deleted: its name is not free yet`, 1);
  const remedy = remedyFor(standby.status);
  if (remedy !== undefined) return refuse('replica-broken', `${where} is ${standby.status}: ${remedy}`);
  if (!serving.has(standby.status))
    return wait(`${where} is ${standby.status}: it can be kept once it is available`, 1);
  if (snapshot === 'absent') {
    const action = { type: 'create-snapshot', instance, snapshot: kept } as const;
    const then = 'then it is renamed, and a replica of the writer is built in its place';
    return act(action, `keep what only ${where} may have: take the snapshot ${kept}; ${then}`);
  }
  if (snapshot.resourceId !== standby.resourceId) {
    return refuse('replica-broken', `the snapshot ${kept} is not one of ${where}; delete or rename it`);
  }
  if (snapshot.status === 'creating') return wait(`the snapshot ${kept} is being created`, 1);
  if (snapshot.status !== 'available') {
    return refuse('replica-broken', `the snapshot ${kept} is ${snapshot.status}; delete it, and start again`);
  }
  return act({ type: 'retire', instance, newName: kept }, `keep ${where} as ${kept}, so that its name is free`);
}

/** Amazon RDS User Guide, "Creating a read replica" (backups) and "Encrypting Amazon RDS resources" (keys of Regions). */
function obstacleTo({ run }: Goal, writer: Writer, settings: Settings | undefined): string | undefined {
  const { place, region } = run.to;
  if (writer.engine.startsWith('aurora')) return 'it belongs to an Aurora cluster, which this kind does not know';
  if (writer.isReplica) return 'it is a replica itself, so nobody writes there';
  if (writer.backupRetentionDays === 0)
    return 'its automated backups are off; set its backup retention to a day or more';
  if (settings === undefined) return `nothing is known of an earlier instance in ${region}; give ${place}.replica`;
  if (writer.isEncrypted && settings.kmsKeyId === undefined) {
    return `it is encrypted, and no key in ${region} is known; give ${place}.replica.kmsKeyId`;
  }
  return undefined;
}

/** The old primary stays, under another name, so that a replica is one instance more; and it is kept by a snapshot first. */
function shortOf({ run }: Goal, { quotas = [], snapshot, standby }: ReverseFacts): string | undefined {
  const needed = new Map([['DBInstances', 'DB instances']]);
  if (standby !== 'absent' && snapshot === 'absent') needed.set('ManualSnapshots', 'manual DB snapshots');
  const full = quotas.find(({ max, name, used }) => used >= max && needed.has(name));
  if (full === undefined) return undefined;
  const { max, name, used } = full;
  const remedy =
    'delete what nobody needs, or have the quota raised: aws service-quotas request-service-quota-increase';
  return `the account has ${used} of the ${max} ${needed.get(name)} that it may have in ${run.to.region}; ${remedy}`;
}

const standbyIs = ({ run }: Goal, spec: Spec): string => `${spec[run.to.place].instance} in ${run.to.region}`;

const writerIs = ({ run }: Goal, spec: Spec): string => `${spec[run.from.place].instance} in ${run.from.region}`;
