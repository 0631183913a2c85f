import * as z from 'zod';
import type { Goal } from '../contract.ts';
import type { Spec } from './spec.ts';

/** How an instance was built, as far as a replica that takes its place can be built alike. */
export const Settings = z.object({
  instanceClass: z.string().optional(),
  parameterGroup: z.string().optional(),
  optionGroup: z.string().optional(),
  subnetGroup: z.string().optional(),
  securityGroups: z.array(z.string()).readonly().default([]),
  port: z.int().optional(),
  storageType: z.string().optional(),
  iops: z.int().optional(),
  /** MiB/s. */
  throughput: z.int().optional(),
  /** Up to where RDS enlarges its storage by itself; GiB. */
  storageGibMax: z.int().optional(),
  kmsKeyId: z.string().optional(),
  isMultiAz: z.boolean().default(false),
  isPublic: z.boolean().default(false),
  /** RDS refuses to delete it. */
  isProtected: z.boolean().default(false),
  hasIamAuthentication: z.boolean().default(false),
  copiesTagsToSnapshots: z.boolean().default(false),
  logExports: z.array(z.string()).readonly().default([]),
  /** Without those that begin with `aws:`, which only AWS can set. */
  tags: z.record(z.string(), z.string()).readonly().default({}),
});
export type Settings = z.infer<typeof Settings>;

/** As much of surveyed or recorded facts of phase reverse as is used: they come from the table, so they are foreign. */
const Known = z.object({ standby: z.object({ settings: Settings }) });

/** As the instance was before this run changed anything, else when last recorded. */
export function settingsBefore({ recorded, surveyed }: Goal): Settings | undefined {
  const parsed = [surveyed.reverse, recorded.reverse].map((known) => Known.safeParse(known?.facts).data);
  return parsed.find((one) => one !== undefined)?.standby.settings;
}

/** What exists tells how to build its successor; the plan fills in what cannot be read from it. */
export function settingsOf(goal: Goal, spec: Spec, existing: Settings | undefined): Settings | undefined {
  const planned = spec[goal.run.to.place].replica;
  const known = existing ?? settingsBefore(goal);
  if (known === undefined && planned === undefined) return undefined;
  return Settings.parse({ ...planned, ...known });
}
