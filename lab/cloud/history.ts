/** One attempt of one API call, as an observer outside would record it. The checkers read nothing else. */
export interface ApiCall {
  readonly id: string;
  /** Milliseconds of the lab clock. */
  readonly at: number;
  readonly callerRegion: string;
  /** The function that called; empty for whoever is no function. */
  readonly caller: string;
  /** The run that it called for. */
  readonly runId?: string;
  readonly endpointRegion: string;
  /** The same for all attempts that an SDK client made for one command. */
  readonly sending?: string;
  /** As the SDK client is called, without "Client": `RDS`, `Route53`, `SFN`. */
  readonly service: string;
  /** As the SDK command is called, without "Command". */
  readonly command: string;
  /** An unknown command counts as mutating: nobody knows what it would have done. */
  readonly mutating: boolean;
  readonly input: unknown;
  outcome: 'pending' | 'answered' | 'error' | 'unanswered';
  /** Whether the operation took effect, whatever the caller was told. */
  applied: boolean;
  appliedAt?: number;
  errorName?: string;
  endedAt?: number;
}

/**
 * What a fault does to a call: `lost-answer` lets it take effect and drops the reply; an Error refuses it before it takes
 * effect; an answer of the fault's own comes instead of the service's, so nothing takes effect; nothing lets it pass. A
 * fault that delays a call sleeps on the clock itself.
 */
export type Intercept = (call: ApiCall) => InterceptResult | Promise<InterceptResult>;
// biome-ignore lint/suspicious/noConfusingVoidType: an interceptor that returns nothing lets the call pass.
export type InterceptResult = 'lost-answer' | Error | { readonly answer: object } | void;

/** Told of each call that was performed, before its answer goes out; the caller may be dead by then. */
export type OnPerformed = (call: ApiCall, output: object) => void;
