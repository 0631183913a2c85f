/**
 * One order that the client may rely on. All times are epoch milliseconds with fractions, from the clocks of one
 * machine, so those of several processes may be compared.
 */
export interface Acknowledgement {
  readonly id: string;
  /** When the attempt that was acknowledged left the client; earlier attempts of the order failed. */
  readonly sentAt: number;
  readonly acknowledgedAt: number;
  /** The Region that wrote the row; for a repeated order that may not be the one that answered. */
  readonly region: string;
  /** The database that vouched for the row. */
  readonly database: string;
  readonly committedAt: number;
  /** Of the lease under which it was committed; null where writing takes none. */
  readonly epoch: number | null;
  readonly address: string;
  /** The row was there already: an earlier attempt was committed and its answer lost. */
  readonly isRepeated: boolean;
}

/** From `at` on the client used this address; `fromCache` says that it had not asked for it anew. */
export interface Resolution {
  readonly at: number;
  readonly address: string;
  readonly ttlSeconds: number;
  readonly fromCache: boolean;
}
