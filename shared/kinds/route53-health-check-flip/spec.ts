import * as z from 'zod';
import { globalArn } from '../../domain/arn.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Run } from '../../domain/run.ts';
import { watchedNames, watchedProblems } from '../../domain/watched-names.ts';
import type { Arns, Leg } from '../contract.ts';

/** An object in the place's own Region, which nobody but the place's activation writes. */
const TrafficObject = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'the name of a bucket, without dots')
    .describe('Bucket in the Region of this place. It holds nothing else.'),
  key: z.string().min(1).max(1024).describe('Key of the object that the other place’s health check watches.'),
});

export const Spec = z
  .strictObject({
    ...perPlace(TrafficObject.describe('The claim of this place: it says whether this place has been activated.'))
      .shape,
    ...watchedNames,
    checkersSeeAfterSeconds: z
      .number()
      .min(0)
      .max(3600)
      .default(120)
      .describe(
        'When every health checker has surely seen a change: interval × threshold of your checks, and a reserve.',
      ),
  })
  .superRefine((spec, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (spec.primary.bucket === spec.recovery.bucket) problem('recovery', 'a bucket lies in one Region: name two');
    for (const message of watchedProblems(spec)) problem('records', message);
  });
export type Spec = z.infer<typeof Spec>;

/** The claim of the Region being left may have to be withdrawn; names of buckets are global. */
export function arns(spec: Spec, { from, to }: Leg): Arns {
  const claims = [to, from].map(({ place }) => spec[place]);
  const objects = claims.map(({ bucket, key }) => globalArn('s3', `${bucket}/${key}`));
  const buckets = claims.map(({ bucket }) => globalArn('s3', bucket));
  // S3 counts as global in ARNs: neither Region nor account stands in them.
  return { 's3:GetObject': objects, 's3:PutObject': objects, 's3:ListBucket': buckets };
}

/**
 * What an object says. It is never deleted, so its epoch only rises: whoever writes names what he replaces, and finds
 * a newer claim in his way whatever happened in between.
 */
export const Claim = z.strictObject({
  /** The health check of the other place searches the text for `"active":true`. */
  active: z.boolean(),
  epoch: z.int().min(1),
  run: z.string().min(1).max(200),
  region: z.string(),
  /** The run has put it back, and writes no more. */
  back: z.literal(true).optional(),
});
export type Claim = z.infer<typeof Claim>;

/** What the owner's health checks search for. In a text of ours it stands only where it is meant. */
export const searchString = '"active":true';

/** One spelling, because S3 compares texts and health checks search them. */
export const claimText = ({ active, back, epoch, region, run }: Claim): string =>
  JSON.stringify({ active, epoch, run, region, ...(back === undefined ? {} : { back }) });

/** Undefined for a text that is no claim of ours. */
export function parseClaim(text: string): Claim | undefined {
  try {
    return Claim.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What a claim calls its run. */
export const runNameOf = (run: Run): string => run.id.toWellFormed().slice(0, 200);

export const claimOf = (run: Run, active: boolean, region: string): Claim => ({
  active,
  epoch: run.epoch,
  run: runNameOf(run),
  region,
});
