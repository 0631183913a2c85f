/** A call that a dry run would have made. */
export interface StoppedCall {
  /** As the SDK client is called, without "Client"; `HTTP` for a request to the application. */
  readonly service: string;
  /** As the SDK command is called, without "Command"; the method of a request to the application. */
  readonly command: string;
  /** The Region of the client, or the URL of a request. */
  readonly at: string;
  /** What the call was to carry; undefined for a request without a body. */
  readonly input?: unknown;
}

/**
 * The leash of a dry run (shared/aws/leash.ts) has stopped a call: it surely did nothing, and was meant to do nothing. It
 * is no failure, so nothing retries it, and no bug: `settle` writes down what would have been done and goes on.
 */
export class Leashed extends Error {
  override readonly name = 'Leashed';
  readonly call: StoppedCall;

  constructor(call: StoppedCall) {
    super(`a dry run does not call ${call.service} ${call.command} (${call.at})`);
    this.call = call;
  }
}
