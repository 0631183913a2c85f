import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { decode, encode, type Packet } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { systemNet } from '../../../shared/aws/net.ts';

const TIMEOUT_MS = 300;
const { dns, http } = systemNet();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listening(server: Server | TcpServer): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return address.port;
}

async function serve(listener: RequestListener): Promise<{ url: string; port: number; server: Server }> {
  const server = createServer(listener);
  const port = await listening(server);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, port, server };
}

const get = (url: string, timeoutMs = TIMEOUT_MS) => http({ method: 'GET', url, timeoutMs });

async function timed<T>(asked: Promise<T>): Promise<{ answer: T; tookMs: number }> {
  const startedAt = performance.now();
  const answer = await asked;
  return { answer, tookMs: performance.now() - startedAt };
}

describe('an HTTP request', () => {
  it('sends its method, headers and body, and brings back the status and the body', async () => {
    const { url } = await serve(async (request, response) => {
      const body = (await request.toArray()).join('');
      response.writeHead(201).end([request.method, request.headers['content-type'], body].join(' '));
    });
    const headers = { 'content-type': 'text/plain' };
    const answer = await http({ method: 'POST', url: `${url}/orders`, body: 'é', headers, timeoutMs: TIMEOUT_MS });
    expect(answer).toEqual({ answered: true, status: 201, body: 'POST text/plain é' });
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)('brings the body of a %s over whole', async (method) => {
    const { url } = await serve(async (request, response) => void response.end((await request.toArray()).join('')));
    const answer = await http({ method, url, body: '{"epoch":1}', timeoutMs: TIMEOUT_MS });
    expect(answer).toEqual({ answered: true, status: 200, body: '{"epoch":1}' });
  });

  it('takes a redirection as the answer instead of following it', async () => {
    const { url } = await serve((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await get(url)).toEqual({ answered: true, status: 302, body: '' });
  });

  it('opens a connection of its own, so that a dead server cannot hide behind an old one', async () => {
    const { server, url } = await serve((_request, response) => response.end('ok'));
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    await get(url);
    await get(url);
    expect(connections).toBe(2);
  });

  it('reads no more than 64 KB of a body that never ends', async () => {
    const { url } = await serve((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    expect(await get(url, 2_000)).toEqual({ answered: true, status: 200, body: 'x'.repeat(65_536) });
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => {}],
    ['stops in the middle of the body', (_request, response) => response.writeHead(200).write('half')],
    [
      'sends a byte now and then without an end',
      (_request, response) => {
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('is bounded as a whole by its timeout when the server %s', async (_title, listener) => {
    const { url } = await serve(listener);
    const { answer, tookMs } = await timed(get(url));
    expect(answer).toEqual({ answered: false, why: `no answer within ${TIMEOUT_MS} ms` });
    expect(tookMs).toBeGreaterThan(TIMEOUT_MS * 0.9);
    expect(tookMs).toBeLessThan(TIMEOUT_MS * 3);
  });

  it('says why when the port is closed', async () => {
    const { port, server } = await serve(() => {});
    server.close();
    expect(await get(`http://127.0.0.1:${port}`)).toEqual({ answered: false, why: 'ECONNREFUSED' });
  });

  it('says why when the connection breaks', async () => {
    const { url } = await serve((request) => request.socket.destroy());
    expect(await get(url)).toEqual({ answered: false, why: 'ECONNRESET' });
  });

  it('says why when what answers does not speak HTTP', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('220 mail.example.com\r\n'));
    const port = await listening(server);
    closers.push(() => server.close());
    expect(await get(`http://127.0.0.1:${port}`)).toEqual({ answered: false, why: 'HPE_INVALID_CONSTANT' });
  });

  it('is a bug, not an answer, when its URL is none', async () => {
    await expect(get('not a url')).rejects.toThrow(TypeError);
  });
});

describe('a host name', () => {
  it('is looked up anew for each request, by the resolver that was given', async () => {
    const hosts: (string | undefined)[] = [];
    const first = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end('ok');
    });
    const asked: string[] = [];
    const net = systemNet({
      resolve: async (hostname) => {
        asked.push(hostname);
        return '127.0.0.1';
      },
    });
    const url = `http://orders.shop.test:${first.port}`;
    await net.http({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
    const answer = await net.http({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
    expect(answer).toEqual({ answered: true, status: 200, body: 'ok' });
    expect(asked).toEqual(['orders.shop.test', 'orders.shop.test']);
    expect(hosts).toEqual([`orders.shop.test:${first.port}`, `orders.shop.test:${first.port}`]);
  });

  it('that the given resolver does not know is left to the system', async () => {
    const { port } = await serve((_request, response) => response.end('ok'));
    const net = systemNet({ resolve: async () => undefined });
    const answer = await net.http({ method: 'GET', url: `http://localhost:${port}`, timeoutMs: TIMEOUT_MS });
    expect(answer).toEqual({ answered: true, status: 200, body: 'ok' });
  });

  it('whose look-up fails or hangs is no answer', async () => {
    const fails = systemNet({ resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ESERVFAIL' })) });
    const hangs = systemNet({ resolve: () => new Promise(() => {}) });
    const request = { method: 'GET', url: 'http://orders.shop.test', timeoutMs: TIMEOUT_MS } as const;
    expect(await fails.http(request)).toEqual({ answered: false, why: 'ESERVFAIL' });
    expect(await hangs.http(request)).toEqual({ answered: false, why: `no answer within ${TIMEOUT_MS} ms` });
  });
});

/** An authoritative server over UDP whose answers are written by the test; `undefined` is silence. */
async function nameServer(respond: (name: string, type: string) => Partial<Packet> | undefined): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, asker) => {
    const { id = 0, questions = [] } = decode(bytes);
    const response = respond(questions[0]?.name ?? '', questions[0]?.type ?? '');
    if (response !== undefined) {
      socket.send(encode({ type: 'response', id, questions, ...response }), asker.port, asker.address);
    }
  });
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  closers.push(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

describe('a DNS question', () => {
  const a = { type: 'A', name: 'www.shop.test', ttl: 5 } as const;
  const question = { name: 'www.shop.test', type: 'A', timeoutMs: TIMEOUT_MS } as const;

  it('brings back all values', async () => {
    const server = await nameServer(() => ({
      answers: [
        { ...a, data: '127.0.1.1' },
        { ...a, data: '127.0.1.2' },
      ],
    }));
    expect(await dns({ ...question, server })).toEqual({ answered: true, values: ['127.0.1.1', '127.0.1.2'] });
  });

  it('joins the strings that a TXT record is made of', async () => {
    const server = await nameServer((name) => ({ answers: [{ type: 'TXT', name, data: ['epoch=7 ', 'run=a'] }] }));
    expect(await dns({ ...question, type: 'TXT', server })).toEqual({ answered: true, values: ['epoch=7 run=a'] });
  });

  it.each([
    ['AAAA', '2001:db8::1'],
    ['CNAME', 'eu.shop.test'],
  ] as const)('of type %s brings back its value as text', async (type, data) => {
    const server = await nameServer((name) => ({ answers: [{ type, name, data }] }));
    expect(await dns({ ...question, type, server })).toEqual({ answered: true, values: [data] });
  });

  it.each([
    ['no such name', 3],
    ['no such type', 0],
  ])('whose answer is "%s" is answered without values', async (_title, rcode) => {
    const server = await nameServer(() => ({ flags: rcode, answers: [] }));
    expect(await dns({ ...question, server })).toEqual({ answered: true, values: [] });
  });

  it.each([
    ['that fails', 2, 'ESERVFAIL'],
    ['that refuses', 5, 'EREFUSED'],
  ])('to a server %s is not answered', async (_title, rcode, why) => {
    const server = await nameServer(() => ({ flags: rcode }));
    expect(await dns({ ...question, server })).toEqual({ answered: false, why });
  });

  it('to a silent server is given up after its timeout', async () => {
    const server = await nameServer(() => undefined);
    const { answer, tookMs } = await timed(dns({ ...question, server }));
    expect(answer).toEqual({ answered: false, why: `no answer within ${TIMEOUT_MS} ms` });
    expect(tookMs).toBeLessThan(TIMEOUT_MS * 3);
  });

  it('is given up after its timeout, too, when the server cuts its answer short and is silent over TCP', async () => {
    const tcp = createTcpServer(() => {});
    const port = await listening(tcp);
    const udp = createSocket('udp4');
    udp.on('message', (bytes, asker) => {
      const { id = 0, questions = [] } = decode(bytes);
      udp.send(encode({ type: 'response', id, questions, flags: 0x200 }), asker.port, asker.address);
    });
    await once(udp.bind(port, '127.0.0.1'), 'listening');
    closers.push(
      () => udp.close(),
      () => tcp.close(),
    );
    const { answer, tookMs } = await timed(dns({ ...question, server: `127.0.0.1:${port}` }));
    expect(answer).toEqual({ answered: false, why: `no answer within ${TIMEOUT_MS} ms` });
    expect(tookMs).toBeLessThan(TIMEOUT_MS * 3);
  });

  it('finds a server given by name, through the given resolver or the system', async () => {
    const server = await nameServer(() => ({ answers: [{ ...a, data: '127.0.1.1' }] }));
    const [, port] = server.split(':');
    const net = systemNet({ resolve: async (host) => (host === 'ns1.shop.test' ? '127.0.0.1' : undefined) });
    const found = { answered: true, values: ['127.0.1.1'] };
    expect(await net.dns({ ...question, server: `ns1.shop.test:${port}` })).toEqual(found);
    expect(await net.dns({ ...question, server: `localhost:${port}` })).toEqual(found);
  });

  it('to a server whose name is not found is not answered', async () => {
    const lost = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    const net = systemNet({ resolve: () => Promise.reject(lost) });
    expect(await net.dns({ ...question, server: 'ns1.shop.test' })).toEqual({ answered: false, why: 'ENOTFOUND' });
  });

  it('to a server whose look-up hangs is given up after its timeout', async () => {
    const net = systemNet({ resolve: () => new Promise(() => {}) });
    const answer = await net.dns({ ...question, server: 'ns1.shop.test' });
    expect(answer).toEqual({ answered: false, why: `no answer within ${TIMEOUT_MS} ms` });
  });

  it('to what is no server address at all is not answered', async () => {
    const answer = await dns({ ...question, server: '127.0.0.1:99999999' });
    expect(answer).toEqual({ answered: false, why: 'ERR_SOCKET_BAD_PORT' });
  });
});
