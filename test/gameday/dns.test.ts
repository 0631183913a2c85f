import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode, type Packet, type RecordType, streamDecode, streamEncode } from 'dns-packet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AnswerQuestion,
  type DnsServer,
  type RecordedAnswer,
  startDnsServer,
  type ZoneAnswer,
} from '../../lab/gameday/dns/authoritative-server.ts';

const SOA: ZoneAnswer = {
  name: 'shop.test',
  type: 'SOA',
  ttlSeconds: 900,
  values: ['ns1.shop.test. hostmaster.shop.test. 1 7200 900 1209600 86400'],
};
const zone = new Map<string, ZoneAnswer>();
const answer: AnswerQuestion = ({ name, type }) => {
  if (name === 'throws.shop.test') throw new Error('The zone is broken.');
  const found = [...zone.values()].filter((record) => record.name === name);
  if (found.length === 0) return { authoritative: true, rcode: 'NXDOMAIN', answers: [SOA] };
  const asked = found.filter((record) => record.type === type);
  return { authoritative: true, rcode: 'NOERROR', answers: asked.length > 0 ? asked : [SOA] };
};

let server: DnsServer;
let recorded: RecordedAnswer[];
let resolver: Resolver;

beforeEach(async () => {
  zone.clear();
  put({ name: 'orders.shop.test', type: 'A', ttlSeconds: 7, values: ['127.0.1.1'] });
  recorded = [];
  server = await startDnsServer({ answer, onAnswer: (given) => recorded.push(given) });
  resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
});

afterEach(() => server.close());

function put(record: ZoneAnswer): void {
  zone.set(`${record.name} ${record.type}`, record);
}

async function overUdp(bytes: Buffer) {
  const socket = createSocket('udp4');
  socket.send(bytes, server.port, '127.0.0.1');
  const [response] = await once(socket, 'message', { signal: AbortSignal.timeout(1_000) });
  socket.close();
  return decode(response);
}

async function overTcp(bytes: Buffer) {
  const socket = connect(server.port, '127.0.0.1');
  // In two pieces, because TCP promises no message boundaries.
  socket.write(bytes.subarray(0, 5));
  await once(socket, 'connect');
  socket.write(bytes.subarray(5));
  const [response] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
  socket.destroy();
  return streamDecode(response);
}

function query(name: string, type: RecordType = 'A'): Packet {
  return { type: 'query', id: 4711, questions: [{ name, type }] };
}

describe('what a resolver sees', () => {
  test('an A record comes with its time to live', async () => {
    expect(await resolver.resolve4('orders.shop.test', { ttl: true })).toEqual([{ address: '127.0.1.1', ttl: 7 }]);
  });

  test('the answer is evaluated at query time and cached nowhere on the way', async () => {
    await resolver.resolve4('orders.shop.test');
    put({ name: 'orders.shop.test', type: 'A', ttlSeconds: 7, values: ['127.0.2.1'] });
    expect(await resolver.resolve4('orders.shop.test')).toEqual(['127.0.2.1']);
    expect(recorded.flatMap(({ answers }) => answers.flatMap(({ values }) => values))).toEqual([
      '127.0.1.1',
      '127.0.2.1',
    ]);
  });

  test.each([
    { type: 'CNAME', values: ['eu.shop.test.'], seen: ['eu.shop.test'] },
    { type: 'NS', values: ['ns1.shop.test.', 'ns2.shop.test.'], seen: ['ns1.shop.test', 'ns2.shop.test'] },
    { type: 'AAAA', values: ['::1'], seen: ['::1'] },
    { type: 'TXT', values: ['"epoch=4 \\"run\\"" "second"'], seen: [['epoch=4 "run"', 'second']] },
    { type: 'TXT', values: ['unquoted text'], seen: [['unquoted text']] },
    {
      type: 'SRV',
      values: ['1 2 8080 eu.shop.test.'],
      seen: [{ priority: 1, weight: 2, port: 8080, name: 'eu.shop.test' }],
    },
  ] as const)('a $type record keeps its values $values', async ({ type, values, seen }) => {
    put({ name: 'any.shop.test', type, ttlSeconds: 60, values });
    const answers = await resolver.resolve('any.shop.test', type);
    expect(answers).toMatchObject(seen);
    expect(answers).toHaveLength(seen.length);
  });

  test('a name that does not exist is NXDOMAIN, a type that does not exist is no data', async () => {
    await expect(resolver.resolve4('nobody.shop.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolveMx('orders.shop.test')).rejects.toMatchObject({ code: 'ENODATA' });
    expect(recorded.map(({ rcode }) => rcode)).toEqual(['NXDOMAIN', 'NOERROR']);
  });

  test('an answer too large for UDP is fetched again over TCP', async () => {
    const addresses = Array.from({ length: 300 }, (_, index) => `127.1.${index >> 8}.${index & 255}`);
    put({ name: 'many.shop.test', type: 'A', ttlSeconds: 1, values: addresses });
    expect((await resolver.resolve4('many.shop.test')).sort()).toEqual([...addresses].sort());
    expect(recorded).toHaveLength(2);
  });

  test('a zone that throws, or holds a value that cannot be written, is a server failure and not a crash', async () => {
    put({ name: 'broken.shop.test', type: 'A', ttlSeconds: 1, values: ['not an address'] });
    await expect(resolver.resolve4('broken.shop.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await expect(resolver.resolve4('throws.shop.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(await resolver.resolve4('orders.shop.test')).toEqual(['127.0.1.1']);
  });
});

describe('what is on the wire', () => {
  test('the answer is authoritative, and names are compared without case but returned as asked', async () => {
    const response = await overUdp(encode(query('OrDeRs.Shop.TEST')));
    expect(response).toMatchObject({ id: 4711, flag_aa: true, flag_tc: false, rcode: 'NOERROR' });
    expect(response.questions).toMatchObject([{ name: 'OrDeRs.Shop.TEST' }]);
    expect(response.answers).toMatchObject([{ name: 'OrDeRs.Shop.TEST', ttl: 7, data: '127.0.1.1' }]);
    expect(recorded).toMatchObject([{ name: 'orders.shop.test', type: 'A' }]);
  });

  test('without EDNS an answer above 512 bytes is truncated over UDP and whole over TCP', async () => {
    put({ name: 'long.shop.test', type: 'TXT', ttlSeconds: 1, values: ['x'.repeat(700)] });
    const truncated = await overUdp(encode(query('long.shop.test', 'TXT')));
    expect(truncated).toMatchObject({ flag_tc: true, answers: [] });
    const whole = await overTcp(streamEncode(query('long.shop.test', 'TXT')));
    expect(whole).toMatchObject({ flag_tc: false });
    expect(whole.answers).toHaveLength(1);
  });

  test('no data and NXDOMAIN carry the SOA in the authority section', async () => {
    const response = await overUdp(encode(query('orders.shop.test', 'MX')));
    expect(response).toMatchObject({ rcode: 'NOERROR', answers: [] });
    expect(response.authorities).toMatchObject([{ type: 'SOA', data: { mname: 'ns1.shop.test', minimum: 86_400 } }]);
  });

  test('malformed packets are dropped over UDP and TCP, and the next question is answered', async () => {
    const garbage = [
      Buffer.from('x'),
      Buffer.alloc(12, 0xff),
      encode(query('a.test')).subarray(0, 15),
      Buffer.alloc(0),
    ];
    const socket = createSocket('udp4');
    for (const bytes of garbage) socket.send(bytes, server.port, '127.0.0.1');
    const tcp = connect(server.port, '127.0.0.1');
    tcp.write(Buffer.from([0, 3, 1, 2, 3]));
    await once(tcp, 'close', { signal: AbortSignal.timeout(1_000) });
    socket.close();
    expect(await resolver.resolve4('orders.shop.test')).toEqual(['127.0.1.1']);
    expect(recorded).toHaveLength(1);
  });
});

test('a port asked for by number and taken is an error, and close frees it', async () => {
  await expect(startDnsServer({ answer, port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const { port } = server;
  await server.close();
  server = await startDnsServer({ answer, port });
  expect(server.port).toBe(port);
});
