import * as z from 'zod';

const count = z.number().int().positive();

/** All the load client needs; it crosses the IPC channel, so it is data only. */
export const ClientSettings = z.strictObject({
  /** The DNS name the orders are written to. */
  name: z.string().min(1),
  /** The authoritative server, as `address:port`. */
  dnsServer: z.string().min(1),
  /** The port of the order service at each address that the name may resolve to. */
  ports: z.record(z.string(), count.max(65_535)),
  /** New orders per second, whether or not earlier ones have been acknowledged. */
  ordersPerSecond: count.max(10_000).default(200),
  /** For one attempt, from connecting to the complete answer. */
  timeoutMs: count.default(300),
  /** Pause before a failed order is sent again, and after a failed probe. */
  retryDelayMs: count.default(15),
  /** Per address, so that requests hanging at a dead address do not keep others from a living one. */
  inFlightMax: count.default(64),
  /** Orders waiting to be sent; further ones are skipped and counted. */
  backlogMax: count.default(5_000),
  /** After this many failures in a row at one address … */
  failuresMax: count.default(3),
  /** … only so many requests at a time go there. */
  probesMax: count.default(2),
  /** How long `stop` waits for orders that are still unacknowledged. */
  drainMs: z.number().int().nonnegative().default(1_000),
});
export type ClientSettings = z.infer<typeof ClientSettings>;
