/**
 * All that a kind may reach outside this process. Kinds get it as an argument, so that the lab and the simulator can
 * stand behind it, and so that a dry run can hold it on a leash.
 */
export interface Outside {
  /**
   * The AWS SDK client for a service in one Region, made once per process and configuration. Errors of its calls are
   * `TransientError` or `TerminalError` with the foreign name in `code` (errors.ts).
   * @param endpoint URL, for the few services whose endpoint does not follow from the Region
   */
  client<C>(Client: ClientClass<C>, region: string, endpoint?: string): C;
  /** One HTTP request; never throws for what the network or the server did. */
  http(request: HttpRequest): Promise<HttpAnswer>;
  /** The values of a DNS question, asked of the given server, or of the system's resolver; never throws. */
  dns(question: DnsQuestion): Promise<DnsAnswer>;
}

/** Structural, because every SDK client class has its own configuration type. */
export type ClientClass<C> = new (config: ClientSettings) => C;

export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How much of the answer's body is received; the rest is cut off. Default: 65,536. */
  readonly bodyBytesMax?: number;
}

export type HttpAnswer =
  | { readonly answered: true; readonly status: number; readonly body: string }
  | { readonly answered: false; readonly why: string };

export interface DnsQuestion {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT';
  /** Host name or address of an authoritative server, with `:port` if it is not 53. */
  readonly server?: string;
  readonly timeoutMs: number;
}

export type DnsAnswer =
  | { readonly answered: true; readonly values: readonly string[] }
  | { readonly answered: false; readonly why: string };
