import type { Purpose } from './run.ts';

/**
 * The phases in which resources take part, in the order of a run. A kind names those it knows how to serve. `rest`: the
 * Region that is not in charge comes to rest. `reverse`: it gets a replica of the writer. `final-sync`: the replica has all that was
 * written before the freeze. `compare`: both Regions hold the same.
 */
export const phases = [
  'rest',
  'reverse',
  'isolate',
  'final-sync',
  'compare',
  'promote',
  'scale',
  'verify',
  'flip-dns',
  'confirm',
] as const;
export type Phase = (typeof phases)[number];

const repairing: readonly Phase[] = ['rest', 'reverse'];
const proving: readonly Phase[] = ['final-sync', 'compare'];
const moving: readonly Phase[] = ['promote', 'scale', 'verify', 'flip-dns', 'confirm'];
const byPurpose: Readonly<Record<Purpose, readonly Phase[]>> = {
  failover: ['isolate', ...moving],
  failback: [...repairing, ...proving, ...moving],
  switchover: [...repairing, ...proving, ...moving],
  reprotect: repairing,
};

export const phasesOfPurpose = (purpose: Purpose): readonly Phase[] => byPurpose[purpose];

/** Every step of the state machines: those that act on resources (named like their phase) and those around them. */
export const stepIds = [
  'detect',
  'survey',
  'approve',
  'reconcile',
  'freeze',
  ...phases,
  'notify',
  'protect',
  'restore',
  'hold',
] as const;
export type StepId = (typeof stepIds)[number];

/** Steps that only planned runs have: nobody waits for them in a disaster. */
export const plannedSteps: readonly StepId[] = [
  'rest',
  'reconcile',
  'reverse',
  'freeze',
  'final-sync',
  'compare',
  'protect',
];
