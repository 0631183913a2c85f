import * as z from 'zod';
import { arn } from '../../domain/arn.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Arns, Leg } from '../contract.ts';

const Source = z
  .union([
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('Base URL of the query endpoint of the database in this place.'),
    }),
    z.strictObject({
      function: z
        .string()
        .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'the name of a Lambda function')
        .describe('Name of a Lambda function in this place that gives the same answers.'),
    }),
  ])
  .describe('Who answers for the database in this place: a `url` or a `function`.');
export type Source = z.infer<typeof Source>;

export const Spec = z.strictObject({
  ...perPlace(Source).shape,
  positions: z
    .enum(['lsn', 'number'])
    .describe('How positions are written: a log sequence number of PostgreSQL (`0/16B3748`), or a decimal number.'),
  tables: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(1000)
    .optional()
    .describe('The tables to compare, as the endpoint calls them. Default: all that it names.'),
  timeoutSeconds: z.number().positive().max(30).default(2).describe('Bounds a question for the position.'),
  compareTimeoutSeconds: z
    .number()
    .positive()
    .max(200)
    .default(60)
    .describe('Bounds a question for checksums or rows. Writes stand still meanwhile: keep it within the freeze.'),
  orphanRowsMax: z
    .int()
    .min(0)
    .max(100_000)
    .default(1000)
    .describe('How many rows that only the old primary has are written down. All of them are counted.'),
});
export type Spec = z.infer<typeof Spec>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export function arns(spec: Spec, { from, to }: Leg): Arns {
  const functions = [from, to].flatMap(({ place, region }) => {
    const source = spec[place];
    return 'function' in source ? [arn('lambda', region, `function:${source.function}`)] : [];
  });
  return functions.length === 0 ? {} : { 'lambda:InvokeFunction': functions };
}
