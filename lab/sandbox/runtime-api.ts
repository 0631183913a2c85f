import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a function is asked, as the runtime hears it. */
export interface Invocation {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly deadlineAt: number;
  readonly functionArn: string;
  readonly event: unknown;
}

/** The Lambda runtime API of one execution environment. */
export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Resolves when the runtime first asks for work; rejects when its initialisation failed. */
  readonly initialised: Promise<void>;
  /** One at a time. @returns the function's result. @throws the function's error: `name` is its errorType */
  invoke(invocation: Invocation): Promise<unknown>;
  /** The runtime has ended: whoever waits hears it. */
  end(error: Error): void;
  close(): Promise<void>;
}

const version = '/2018-06-01/runtime';

/**
 * The HTTP interface between Lambda and a runtime: next, response, error, init/error.
 * – AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"
 */
export async function openRuntimeApi(): Promise<RuntimeApi> {
  const exchange = makeExchange();
  const server = createServer((incoming, outgoing) => {
    serve(exchange, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    initialised: exchange.initialised.promise,
    invoke: exchange.invoke,
    end: exchange.end,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Pending {
  readonly invocation: Invocation;
  readonly answer: PromiseWithResolvers<unknown>;
}

type Exchange = ReturnType<typeof makeExchange>;

/** At most one invocation and one runtime that waits for it. */
function makeExchange() {
  const initialised = Promise.withResolvers<void>();
  initialised.promise.catch(() => undefined);
  let over: Error | undefined;
  let pending: Pending | undefined;
  let waiting: ((invocation: Invocation) => void) | undefined;
  return {
    initialised,
    invoke(invocation: Invocation): Promise<unknown> {
      if (over !== undefined) return Promise.reject(over);
      const answer = Promise.withResolvers<unknown>();
      pending = { invocation, answer };
      waiting?.(invocation);
      waiting = undefined;
      return answer.promise;
    },
    next(deliver: (invocation: Invocation) => void): void {
      initialised.resolve();
      if (pending === undefined) waiting = deliver;
      else deliver(pending.invocation);
    },
    /** @returns whether the runtime spoke of the invocation that it has */
    settle(requestId: string, settle: (answer: PromiseWithResolvers<unknown>) => void): boolean {
      if (pending?.invocation.requestId !== requestId) return false;
      const { answer } = pending;
      pending = undefined;
      settle(answer);
      return true;
    },
    end(error: Error): void {
      over ??= error;
      initialised.reject(error);
      pending?.answer.reject(error);
      pending = undefined;
    },
  };
}

async function serve(exchange: Exchange, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const [, requestId = '', what] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path(incoming)) ?? [];
  if (incoming.method === 'GET' && path(incoming) === '/invocation/next') {
    return exchange.next((invocation) => deliver(invocation, outgoing));
  }
  if (incoming.method !== 'POST') return answer(outgoing, 404);
  const body = await text(incoming);
  if (path(incoming) === '/init/error') {
    exchange.end(errorFrom(body));
    return answer(outgoing, 202);
  }
  if (what === undefined) return answer(outgoing, 404);
  const known = exchange.settle(requestId, ({ reject, resolve }) =>
    what === 'response' ? resolve(JSON.parse(body)) : reject(errorFrom(body)),
  );
  answer(outgoing, known ? 202 : 400);
}

const path = ({ url = '' }: IncomingMessage): string => (url.startsWith(version) ? url.slice(version.length) : url);

function deliver({ deadlineAt, event, functionArn, requestId }: Invocation, outgoing: ServerResponse): void {
  const headers = {
    'content-type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(deadlineAt),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn,
  };
  outgoing.writeHead(200, headers).end(JSON.stringify(event ?? null));
}

const answer = (outgoing: ServerResponse, status: number): void => void outgoing.writeHead(status).end();

function errorFrom(body: string): Error {
  const { errorMessage = body, errorType = 'Error' } = JSON.parse(body) as {
    errorMessage?: string;
    errorType?: string;
  };
  return Object.assign(new Error(errorMessage), { name: errorType });
}
