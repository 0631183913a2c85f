import * as z from 'zod';
import { ClientResult, Progress } from './result.ts';
import { ClientSettings } from './settings.ts';

/** Lab to client. */
export const Command = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), settings: ClientSettings }),
  z.strictObject({ type: z.literal('stop') }),
]);

/** Client to lab. `problem` ends the client. */
export const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('progress'), progress: Progress }),
  z.object({ type: z.literal('result'), result: ClientResult }),
  z.object({ type: z.literal('problem'), why: z.string() }),
]);
export type Report = z.infer<typeof Report>;
