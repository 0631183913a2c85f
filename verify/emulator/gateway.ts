import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A function's answer to moto's interpreter: its result, or its error. */
export interface FunctionAnswer {
  readonly payload: unknown;
  readonly failed: boolean;
}

export interface GatewayOptions {
  readonly invoke: (functionName: string, event: unknown) => Promise<FunctionAnswer>;
}

/** One AWS call that passed through. */
export interface PassedCall {
  /** As services sign: `rds`. */
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly status: number;
}

/** Stands before moto: answers Lambda's Invoke with the packaged functions, and passes everything else on. */
export interface Gateway {
  readonly port: number;
  readonly calls: PassedCall[];
  /** So many of the next calls of an operation in a Region are answered 503 instead. */
  fail(call: Pick<PassedCall, 'operation' | 'region'>, times: number): void;
  /** Where moto listens; known only after the gateway, because moto has to be told the gateway's port. */
  passTo(port: number): void;
  close(): Promise<void>;
}

const host = '127.0.0.1';

export async function openGateway({ invoke }: GatewayOptions): Promise<Gateway> {
  const calls: PassedCall[] = [];
  const failing = new Map<string, number>();
  const promoted = new Set<string>();
  let motoPort = 0;
  const server = createServer(async (incoming, outgoing) => {
    try {
      const body = await buffer(incoming);
      const [, functionName] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(incoming.url ?? '') ?? [];
      if (functionName !== undefined) {
        const name = decodeURIComponent(functionName).split(':').at(-1) ?? '';
        return answerInvoke(outgoing, await invoke(name, JSON.parse(body.toString() || 'null')));
      }
      const call = callOf(incoming, body);
      const { operation } = call;
      const left = failing.get(keyOf(call)) ?? 0;
      failing.set(keyOf(call), left - 1);
      const answer = left > 0 ? unavailable : await pass(incoming, body, motoPort);
      if (call.service !== '') calls.push({ ...call, status: answer.status });
      if (operation === 'PromoteReadReplica' && answer.status === 200) promoted.add(instanceIn(body));
      const text = operation === 'DescribeDBInstances' ? putRight(answer.body, promoted) : answer.body;
      outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': text.length }).end(text);
    } catch {
      outgoing.destroy();
    }
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    fail: (call, times) => void failing.set(keyOf(call), times),
    passTo(port) {
      motoPort = port;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const keyOf = ({ operation, region }: Pick<PassedCall, 'operation' | 'region'>): string => `${operation} in ${region}`;

function answerInvoke(outgoing: ServerResponse, { failed, payload }: FunctionAnswer): void {
  const headers = { 'x-amz-executed-version': '$LATEST', ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}) };
  outgoing.writeHead(200, headers).end(JSON.stringify(payload ?? null));
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const unavailable: Answered = {
  status: 503,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from('{"__type":"ServiceUnavailableException","message":"the gateway lets this call fail"}'),
};

async function pass(incoming: IncomingMessage, body: Buffer, port: number): Promise<Answered> {
  const { headers, method, url } = incoming;
  const outgoing = request({ host, port, method, path: url, headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const told = Object.entries(response.headers).filter(([name]) => !hopByHop.has(name));
  return {
    status: response.statusCode ?? 500,
    headers: Object.fromEntries(told.map(([name, value]) => [name, String(value)])),
    body: await buffer(response),
  };
}

const hopByHop: ReadonlySet<string> = new Set(['connection', 'transfer-encoding', 'content-length']);

function callOf({ headers, method, url = '' }: IncomingMessage, body: Buffer): Omit<PassedCall, 'status'> {
  const scope = /Credential=[^/]+\/\d{8}\/([\w-]+)\/([\w-]+)\//.exec(headers.authorization ?? '');
  const [, region = '', service = ''] = scope ?? [];
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const action = new URLSearchParams(body.toString().slice(0, 4096)).get('Action');
  return { service, region, operation: target || action || restOperation(`${method} ${url}`) };
}

/** Route 53 is the one service here whose operations are told by method and path. */
function restOperation(asked: string): string {
  if (asked.startsWith('GET') && asked.includes('/change/')) return 'GetChange';
  if (!asked.includes('/rrset')) return asked;
  return asked.startsWith('POST') ? 'ChangeResourceRecordSets' : 'ListResourceRecordSets';
}

const instanceIn = (body: Buffer): string => new URLSearchParams(body.toString()).get('DBInstanceIdentifier') ?? '';

/**
 * Two things are put right: moto goes on naming the source of an instance that it has promoted, and says of no replica that
 * it replicates.
 */
function putRight(body: Buffer, promoted: ReadonlySet<string>): Buffer {
  const instances = body.toString().split('<DBInstance>');
  const corrected = instances.map((one) =>
    [...promoted].some((id) => one.includes(`<DBInstanceIdentifier>${id}</DBInstanceIdentifier>`))
      ? one.replace(source, '')
      : one.replace(source, `$&${replicates}`),
  );
  return Buffer.from(corrected.join('<DBInstance>'));
}

const source = /<ReadReplicaSourceDBInstanceIdentifier>.*?<\/ReadReplicaSourceDBInstanceIdentifier>/s;

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceStatusInfo.html */
const replicates =
  '<StatusInfos><DBInstanceStatusInfo><StatusType>read replication</StatusType><Normal>true</Normal>' +
  '<Status>replicating</Status></DBInstanceStatusInfo></StatusInfos>';
