import * as z from 'zod';
import { perPlace } from '../../domain/plan.ts';

const PLACEHOLDER = '{{id}}';

const Url = z.url({ protocol: /^https?$/ });
const Path = z.string().max(500).startsWith('/', 'a path that begins with /');

const Write = z.strictObject({
  method: z.enum(['POST', 'PUT']).default('POST').describe('HTTP method of the write.'),
  path: Path.describe('Path of the write below the URL; `{{id}}` stands for the transaction id, a UUID.'),
  body: z.string().max(10_000).describe('Body of the write; `{{id}}` stands for the transaction id.'),
  contentType: z.string().min(1).default('application/json').describe('Content type of the body.'),
});

const Read = z.strictObject({
  path: Path.includes(PLACEHOLDER, { error: 'a path with {{id}}, so that it reads what was written' }).describe(
    'Path that gives back what was written, and 404 before. Must contain `{{id}}`.',
  ),
});

/** One business transaction of the application: a record that is written and read back under an id of our own. */
export const Spec = z
  .strictObject({
    ...perPlace(z.strictObject({ url: Url.describe('Base URL of the application in this Region, not through DNS.') }))
      .shape,
    publicUrl: Url.describe('Base URL that users have; asked in the phase confirm.'),
    write: Write.describe('The request that writes the record. Writing the same id twice must be harmless.'),
    read: Read.describe('The request that reads it back. Its answer must contain the id.'),
    expectRegionField: z
      .string()
      .min(1)
      .optional()
      .describe('Top-level JSON field of the read answer that must name the Region being activated.'),
    timeoutSeconds: z.number().positive().max(30).default(2).describe('Bounds each request, connection included.'),
  })
  .refine(({ write }) => write.path.includes(PLACEHOLDER) || write.body.includes(PLACEHOLDER), {
    path: ['write', 'body'],
    error: 'neither the path nor the body of the write contains {{id}}, so nothing could be read back',
  });
export type Spec = z.infer<typeof Spec>;

/** A path or a body with the transaction id in its places. */
export const filled = (template: string, transactionId: string): string =>
  template.replaceAll(PLACEHOLDER, transactionId);
