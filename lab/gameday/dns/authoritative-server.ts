import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type GivenAnswer, type Response, respond } from './respond.ts';
import type { AnswerQuestion } from './zone-answer.ts';

export type { AnswerQuestion, ZoneAnswer } from './zone-answer.ts';

const PORT_ATTEMPTS_MAX = 20;
const TCP_IDLE_MS = 5_000;

/** An answer that left the server at `at` (epoch milliseconds, fractions kept). */
export interface RecordedAnswer extends GivenAnswer {
  readonly at: number;
}

export interface DnsServerOptions {
  readonly answer: AnswerQuestion;
  readonly host?: string;
  /** 0, the default, takes any port that is free for UDP and for TCP. */
  readonly port?: number;
  readonly onAnswer?: (recorded: RecordedAnswer) => void;
}

export interface DnsServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Answers with authority over UDP and TCP on one port number. Rejects when a port asked for by number is taken. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { host = '127.0.0.1', port = 0, answer, onAnswer } = options;
  const handle: HandleQuery = (query, transport) => {
    const response = respond(query, transport, answer);
    if (response !== undefined) onAnswer?.({ at: performance.timeOrigin + performance.now(), ...response.given });
    return response;
  };
  const connections = new Set<Socket>();
  const { udp, tcp } = await bindBoth(host, port);
  udp.on('message', (query, asker) => {
    const response = handle(query, 'udp');
    // The asker may be gone by now: a lost answer is what UDP promises, so the send error has no reader.
    if (response !== undefined) udp.send(response.bytes, asker.port, asker.address, () => {});
  });
  tcp.on('connection', (socket) => serveTcp(socket, { handle, connections }));
  return { host, port: udp.address().port, close: () => closeBoth({ udp, tcp, connections }) };
}

type HandleQuery = (query: Buffer, transport: 'udp' | 'tcp') => Response | undefined;

/** The system hands out a UDP port; when TCP has given that number to someone else, another one is tried. */
async function bindBoth(host: string, port: number): Promise<{ udp: UdpSocket; tcp: Server }> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = createSocket('udp4');
    const tcp = createServer();
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
      tcp.listen(udp.address().port, host);
      await once(tcp, 'listening');
      return { udp, tcp };
    } catch (cause) {
      udp.close();
      if (port !== 0 || attempt === PORT_ATTEMPTS_MAX || !isAddressInUse(cause)) throw cause;
    }
  }
}

function isAddressInUse(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
}

interface TcpContext {
  readonly handle: HandleQuery;
  readonly connections: Set<Socket>;
}

/** Over TCP each message is preceded by its length in two bytes (RFC 1035, 4.2.2). */
function serveTcp(socket: Socket, { handle, connections }: TcpContext): void {
  let received: Buffer = Buffer.alloc(0);
  connections.add(socket);
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => connections.delete(socket));
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const response = handle(received.subarray(2, end), 'tcp');
      received = received.subarray(end);
      if (response === undefined) return void socket.destroy();
      socket.write(withLength(response.bytes));
    }
  });
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

async function closeBoth(server: { udp: UdpSocket; tcp: Server; connections: Set<Socket> }): Promise<void> {
  const closed = Promise.all([once(server.udp, 'close'), once(server.tcp, 'close')]);
  server.udp.close();
  server.tcp.close();
  for (const connection of server.connections) connection.destroy();
  await closed;
}
