import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { WireError } from './wire-error.ts';

/** Who signed the request, and for which service and Region: the credential scope of Signature Version 4. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** As services sign: `rds`, `states`, `monitoring`. */
  readonly signingName: string;
}

export interface WireRequest {
  readonly method: string;
  /** Without the query; still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Well above the largest input of any simulated operation. */
const bodyBytesMax = 8_388_608;

/** @throws WireError RequestEntityTooLarge */
export async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const { method = 'GET', url = '/' } = incoming;
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const raw = await bodyOf(incoming);
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw, { maxOutputLength: bodyBytesMax }) : raw;
  return { method, path, query: new URLSearchParams(query), headers, body };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax)
      throw new WireError('RequestEntityTooLarge', 'The request is too large.', { status: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Signatures are not verified: every key is valid in the lab.
 * @throws WireError MissingAuthenticationToken | IncompleteSignature, as AWS names them (IAM, "Common errors")
 */
export function scopeOf({ headers }: WireRequest): Scope {
  const authorization = headers['authorization'];
  if (authorization === undefined) {
    const message = 'The request must be signed; the lab accepts any access key.';
    throw new WireError('MissingAuthenticationToken', message, { status: 403 });
  }
  const [, accessKeyId, region, signingName] =
    /Credential=([^/\s]+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined || signingName === undefined) {
    throw new WireError('IncompleteSignature', 'The Authorization header has no credential scope.', { status: 400 });
  }
  return { accessKeyId, region, signingName };
}
