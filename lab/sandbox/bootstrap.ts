import dns from 'node:dns';
import { Agent, type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import { lookupAt } from '../gameday/client/lookup.ts';

/**
 * The runtime of one execution environment, as Lambda's own for Node is one: loads the handler, then asks for
 * invocations, one after the other, until it is ended. Not simulated: the freezing between two invocations.
 */
interface Event {
  readonly requestId: string;
  readonly deadlineAt: number;
  readonly functionArn: string;
  readonly body: string;
}

type Handler = (event: unknown, context: object) => unknown;

const { AWS_LAMBDA_FUNCTION_NAME = '', AWS_LAMBDA_RUNTIME_API = '', LAB_ENTRY = '', LAB_RESOLVER } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

process.once('SIGTERM', () => process.exit(0));
useResolver(LAB_RESOLVER);
await run(await load());

async function run(handler: Handler): Promise<never> {
  for (;;) await answer(handler, await next());
}

async function load(): Promise<Handler> {
  try {
    const loaded = (await import(LAB_ENTRY)) as { readonly handler: Handler };
    return loaded.handler;
  } catch (error) {
    await post('/init/error', described(error));
    process.exit(1);
  }
}

async function next(): Promise<Event> {
  const response = await ask('GET', '/invocation/next');
  const header = (name: string): string => String(response.headers[`lambda-runtime-${name}`] ?? '');
  return {
    requestId: header('aws-request-id'),
    deadlineAt: Number(header('deadline-ms')),
    functionArn: header('invoked-function-arn'),
    body: await text(response),
  };
}

async function answer(handler: Handler, { body, deadlineAt, functionArn, requestId }: Event): Promise<void> {
  const context = {
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(body), context);
    await post(`/invocation/${requestId}/response`, result ?? null);
  } catch (error) {
    await post(`/invocation/${requestId}/error`, described(error));
  }
}

async function post(path: string, body: unknown): Promise<void> {
  (await ask('POST', path, JSON.stringify(body))).resume();
}

/** Without a timeout: the next invocation may be a long time coming. */
function ask(method: 'GET' | 'POST', path: string, body?: string): Promise<IncomingMessage> {
  const { promise, reject, resolve } = Promise.withResolvers<IncomingMessage>();
  request(`${api}${path}`, { method, agent }).once('response', resolve).once('error', reject).end(body);
  return promise;
}

function described(thrown: unknown): object {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split('\n') ?? [] };
}

/** `NAME@HOST:PORT`: this one name is asked of the lab's own DNS server, as a sandbox's resolver would. */
function useResolver(setting: string | undefined): void {
  const [name, server] = setting?.split('@') ?? [];
  if (name === undefined || server === undefined) return;
  const lookup = lookupAt(server, name);
  const system = dns.lookup;
  const patched = (hostname: string, options: dns.LookupOptions, callback: (...found: unknown[]) => void): void => {
    if (hostname !== name) {
      system(hostname, options, callback as never);
      return;
    }
    lookup().then(
      ({ address }) => {
        if (options.all) callback(null, [{ address, family: isIP(address) }]);
        else callback(null, address, isIP(address));
      },
      (error) => callback(error),
    );
  };
  Object.assign(dns, { lookup: patched });
}
