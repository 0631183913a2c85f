import * as z from 'zod';

const AcknowledgementShape = z.object({
  id: z.string(),
  sentAt: z.number(),
  acknowledgedAt: z.number(),
  region: z.string(),
  database: z.string(),
  committedAt: z.number(),
  epoch: z.number().nullable(),
  address: z.string(),
  isRepeated: z.boolean(),
});

const ResolutionShape = z.object({
  at: z.number(),
  address: z.string(),
  ttlSeconds: z.number(),
  fromCache: z.boolean(),
});

/** What the client has seen so far; sent about every 100 ms. */
export const Progress = z.object({
  acknowledged: z.number(),
  /** Attempts, not orders: one order may fail many times before it is acknowledged. */
  failed: z.number(),
  /** Acknowledgements during the last second. */
  perSecond: z.number(),
  lastAckAt: z.number().optional(),
  /** The address in use; none before the first answer of the DNS server. */
  address: z.string().optional(),
  lastFailure: z.string().optional(),
});
export type Progress = z.infer<typeof Progress>;

/** `offered` = acknowledged + rejected + skipped + unacknowledged: no order disappears from the count. */
export const ClientResult = z.object({
  startedAt: z.number(),
  stoppedAt: z.number(),
  offered: z.number(),
  /** Dropped because the backlog was full. */
  skipped: z.number(),
  /** Refused as invalid; always 0 unless the client itself is wrong. */
  rejected: z.number(),
  /** One order may fail many times; epoch milliseconds, in order. */
  failedAttemptsAt: z.array(z.number()).readonly(),
  failedLookups: z.number(),
  acknowledgements: z.array(AcknowledgementShape).readonly(),
  /** Orders of unknown fate: they may or may not be in a database. */
  unacknowledgedIds: z.array(z.string()).readonly(),
  resolutions: z.array(ResolutionShape).readonly(),
  lastFailure: z.string().optional(),
});
export type ClientResult = z.infer<typeof ClientResult>;
