import * as z from 'zod';
import type { Plan } from '../shared/domain/plan.ts';
import { type Place, places } from '../shared/domain/run.ts';
import type { AnyKind } from '../shared/kinds/contract.ts';

/** What `--param` and serverless.yml may set; each is explained where it has its default, in serverless.yml. */
export const Parameters = z.strictObject({
  consistency: z.enum(['strong', 'eventual']),
  encryption: z.enum(['aws', 'customer']),
  dashboard: z.enum(['on', 'off']),
  gameDaySubnets: z.union([
    z.literal('none'),
    z.string().regex(/^[\w.:/+@-]+=[\w.:/+@ -]+$/, 'none, or the tag of the subnets as key=value'),
  ]),
});
export type Parameters = z.infer<typeof Parameters>;

/** Where a stack is deployed to: both places that hold data, and the witness, which only observes. */
export type Site = Place | 'witness';
export const sites: readonly Site[] = [...places, 'witness'];

/** All that the stack of one Region is derived from. */
export interface Deployment {
  readonly plan: Plan;
  /** The kinds that the plan names, by id. */
  readonly kinds: ReadonlyMap<string, AnyKind>;
  readonly stage: string;
  readonly site: Site;
  readonly parameters: Parameters;
  /** Each function in functions/, with the hash of what is packaged of it. */
  readonly functions: ReadonlyMap<string, string>;
  /** Each definition in statemachines/, as it is. */
  readonly machines: ReadonlyMap<string, string>;
}

/** Names that are composed rather than referred to, so that functions need not wait for the machine that needs them. */
export function namesOf({ plan, stage }: Pick<Deployment, 'plan' | 'stage'>) {
  const prefix = `understudy-${plan.application}-${stage}`;
  return {
    prefix,
    table: prefix,
    topic: `${plan.application}-failover`,
    machine: (name: string) => `${prefix}-${name}`,
    function: (name: string) => `${prefix}-${name}`,
    keyAlias: `alias/${prefix}`,
    policy: (name: string) => `${prefix}-${name}`,
  };
}

export const regionOf = ({ plan, site }: Pick<Deployment, 'plan' | 'site'>): string => plan.regions[site];

export const holdsData = (site: Site): site is Place => site !== 'witness';
