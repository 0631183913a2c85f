import { lookup } from 'node:dns';
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import type { DnsAnswer, DnsQuestion, HttpAnswer, HttpRequest, Outside } from './outside.ts';

/** What a probe or a verification reads is small; the rest of a longer body is not even received. */
const BODY_BYTES_MAX = 65_536;

/**
 * Taken without `import`: importing node:http makes Node load its whole `fetch` and `WebSocket` with it, 20 ms of a start.
 */
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http');

/** A connection kept from the last request would hide a dead server, and the look-up that should find the new one. */
const agents = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };

export interface NetOptions {
  /** The address of a host name that the system does not know, or undefined for all the others. */
  readonly resolve?: (hostname: string) => Promise<string | undefined>;
}

/** HTTP and DNS over the real network: nothing is cached, kept open or repeated, and `timeoutMs` bounds all of it. */
export function systemNet({ resolve }: NetOptions = {}): Pick<Outside, 'http' | 'dns'> {
  const find = resolve === undefined ? {} : { lookup: lookupThrough(resolve) };
  return {
    http: (request) => askHttp(request, find),
    dns: (question) => askDns(question, async (host) => (await resolve?.(host)) ?? (await systemLookup(host)).address),
  };
}

/** Redirections are answers, not followed. @throws TypeError for a URL or a header that cannot be sent at all */
async function askHttp(request: HttpRequest, find: { readonly lookup?: LookupFunction }): Promise<HttpAnswer> {
  const { body, bodyBytesMax = BODY_BYTES_MAX, headers, method, timeoutMs } = request;
  const url = new URL(request.url);
  const [send, agent] = url.protocol === 'https:' ? [httpsRequest, agents.https] : [httpRequest, agents.http];
  const signal = AbortSignal.timeout(timeoutMs);
  // Without its length Node sends the body of a DELETE bare, and the server takes it for the next request.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const outgoing = send(url, { ...find, agent, method, headers: { ...length, ...headers }, signal });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject).end(body);
    });
    return { answered: true, status: response.statusCode ?? 0, body: await textOf(response, bodyBytesMax) };
  } catch (error) {
    // In the middle of a body the abort arrives as a broken connection.
    return signal.aborted ? tooLate(timeoutMs) : unanswered(error);
  } finally {
    outgoing.on('error', () => {}).destroy();
  }
}

async function textOf(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
}

function lookupThrough(resolve: NonNullable<NetOptions['resolve']>): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (address) => {
        if (address === undefined) return lookup(hostname, options, callback);
        if (options.all) return callback(null, [{ address, family: isIP(address) }]);
        return callback(null, address, isIP(address));
      },
      (error) => callback(error, ''),
    );
  };
}

/** One question, one attempt. A name or type that does not exist is an answer without values. */
async function askDns(question: DnsQuestion, find: (host: string) => Promise<string>): Promise<DnsAnswer> {
  const { name, server, timeoutMs, type } = question;
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const deadline = Promise.withResolvers<DnsAnswer>();
  const timer = setTimeout(() => {
    deadline.resolve(tooLate(timeoutMs));
    // A truncated answer is asked for again over TCP, with a time of its own: this ends that, too.
    resolver.cancel();
  }, timeoutMs);
  const ask = async (): Promise<DnsAnswer> => {
    try {
      if (server !== undefined) resolver.setServers([await addressed(server, find)]);
    } catch (error) {
      return unanswered(error);
    }
    return resolver.resolve(name, type).then(valuesOf, (error) => withoutValues(error, timeoutMs));
  };
  try {
    return await Promise.race([ask(), deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A TXT record comes as the strings of at most 255 bytes that it is made of. */
function valuesOf(records: unknown): DnsAnswer {
  const values = Array.isArray(records) ? records : [];
  return { answered: true, values: values.map((value) => (Array.isArray(value) ? value.join('') : String(value))) };
}

function withoutValues(error: unknown, timeoutMs: number): DnsAnswer {
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'ENODATA') return { answered: true, values: [] };
  return code === 'ETIMEOUT' || code === 'ECANCELLED' ? tooLate(timeoutMs) : unanswered(error);
}

/** `Resolver` takes addresses only, so the name of a server is looked up first. */
async function addressed(server: string, find: (host: string) => Promise<string>): Promise<string> {
  if (isIP(server) !== 0) return server;
  const [, bracketed, plain, port = '53'] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
  const host = bracketed ?? plain ?? server;
  const address = isIP(host) === 0 ? await find(host) : host;
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

interface Unanswered {
  readonly answered: false;
  readonly why: string;
}

const tooLate = (timeoutMs: number): Unanswered => ({ answered: false, why: `no answer within ${timeoutMs} ms` });
const unanswered = (error: unknown): Unanswered => ({ answered: false, why: codeOf(error) });

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
