import type { Side } from './run.ts';

/**
 * One thing that infrastructure code believes wrongly since the charge has moved, what its next apply would do, and how the
 * two come together without undoing the move. In words and lines that a person can use as they stand.
 */
export interface DriftNote {
  /** `DB instance orders-db in eu-west-1` */
  readonly object: string;
  readonly believes: string;
  readonly is: string;
  /** What the next apply does if nobody does anything. */
  readonly danger: string;
  /** Steps, and lines of HCL, for the AWS provider of Terraform. */
  readonly terraform: readonly string[];
  readonly cloudFormation: readonly string[];
}

/** Who is in charge now. Infrastructure code describes the world in which the plan's primary is. */
export interface Charged {
  readonly inCharge: Side;
  readonly atRest: Side;
}

/**
 * AWS CloudFormation User Guide, "Resolve drift with an import operation": how a stack takes what there is for what is meant,
 * without replacing it.
 */
export const importSteps = (resource: string): readonly string[] => [
  `give ${resource} DeletionPolicy: Retain and update the stack with nothing else changed`,
  'remove it from the template and update the stack: it is kept',
  'describe it as it is, and import it into the stack again',
];

/** A stack update compares templates and does not look at what there is: an unchanged property is not written. */
export const leaveUnchanged = (property: string): string =>
  `do not change ${property} in the template: an update writes only what differs from the last template. Drift detection will call it MODIFIED`;

/** Terraform does look, and puts back what the code says. */
export const ignoring = (resource: string, ...attributes: readonly string[]): readonly string[] => [
  `in ${resource}: lifecycle { ignore_changes = [${attributes.join(', ')}] }`,
];
