import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  InvalidChangeBatch,
  ListResourceRecordSetsCommand,
  NoSuchHostedZone,
  type ResourceRecordSet,
  Route53Client,
  waitUntilResourceRecordSetsChanged,
} from '@aws-sdk/client-route-53';
import { expect, test, vi } from 'vitest';
import type { World } from '../../../lab/cloud/world.ts';
import { connect, makeBench, recovery } from './support.ts';

const a = (Name: string, value: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 5,
  ResourceRecords: [{ Value: value }],
  ...more,
});

const epoch = (value: number): ResourceRecordSet => ({
  Name: '_understudy.shop.example.com',
  Type: 'TXT',
  TTL: 0,
  ResourceRecords: [{ Value: `"epoch=${value}"` }],
});

interface Zone {
  readonly world: World;
  readonly client: Route53Client;
  readonly change: (...changes: Change[]) => Promise<string>;
  readonly addresses: (name?: string, type?: string) => readonly string[];
}

function withZone(records: readonly ResourceRecordSet[], random: () => number = () => 0.5): Zone {
  const { world } = makeBench({}, random);
  world.route53.seedZone({ id: 'Z1', name: 'example.com', records });
  const client = connect(Route53Client, world, { region: recovery });
  return {
    world,
    client,
    change: async (...Changes) => {
      const input = { HostedZoneId: 'Z1', ChangeBatch: { Changes } };
      const { ChangeInfo } = await client.send(new ChangeResourceRecordSetsCommand(input));
      return ChangeInfo?.Id ?? '';
    },
    addresses: (name = 'shop.example.com', type = 'A') =>
      world.route53.answerQuestion({ name, type }).answers.flatMap(({ values }) => values),
  };
}

test('a change is pending first, then in sync; an SDK waiter sees it, and the name servers answer with it', async () => {
  const { client, change, addresses } = withZone([a('shop.example.com', '192.0.2.1')]);
  const id = await change({ Action: 'UPSERT', ResourceRecordSet: a('shop.example.com', '192.0.2.2') });
  expect((await client.send(new GetChangeCommand({ Id: id }))).ChangeInfo?.Status).toBe('PENDING');
  expect(addresses()).toEqual(['192.0.2.1']);
  const waited = await waitUntilResourceRecordSetsChanged(
    { client, maxWaitTime: 5, minDelay: 0.005, maxDelay: 0.01 } as never,
    { Id: id },
  );
  expect(waited.state).toBe('SUCCESS');
  expect(addresses()).toEqual(['192.0.2.2']);
});

test('the data plane goes on when the control plane is lost, also with a change that was accepted', async () => {
  const { world, change, addresses } = withZone([a('shop.example.com', '192.0.2.1')]);
  await change({ Action: 'UPSERT', ResourceRecordSet: a('shop.example.com', '192.0.2.2') });
  world.loseRegion('us-east-1');
  await vi.waitFor(() => expect(addresses()).toEqual(['192.0.2.2']));
});

test('a batch is atomic: one bad change refuses all of it, and the messages say which', async () => {
  const { change, addresses, client } = withZone([a('shop.example.com', '192.0.2.1')]);
  const batch = change(
    { Action: 'UPSERT', ResourceRecordSet: a('shop.example.com', '192.0.2.2') },
    { Action: 'CREATE', ResourceRecordSet: a('shop.example.com', '192.0.2.3') },
    { Action: 'DELETE', ResourceRecordSet: a('none.example.com', '192.0.2.4') },
  );
  const error = await batch.catch((e) => e);
  expect(error).toBeInstanceOf(InvalidChangeBatch);
  expect(error.messages).toEqual([
    "Tried to create resource record set [name='shop.example.com.', type='A'] but it already exists",
    "Tried to delete resource record set [name='none.example.com.', type='A'] but it was not found",
  ]);
  const { ResourceRecordSets } = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1' }));
  expect(ResourceRecordSets?.at(-1)?.ResourceRecords).toEqual([{ Value: '192.0.2.1' }]);
  expect(addresses()).toEqual(['192.0.2.1']);
});

test('deleting needs the exact values, which makes a batch a compare-and-swap on the epoch', async () => {
  const { change, addresses } = withZone([a('shop.example.com', '192.0.2.1'), epoch(7)]);
  const flip = (from: number, address: string): Promise<string> =>
    change(
      { Action: 'DELETE', ResourceRecordSet: epoch(from) },
      { Action: 'CREATE', ResourceRecordSet: epoch(from + 1) },
      { Action: 'UPSERT', ResourceRecordSet: a('shop.example.com', address) },
    );
  await flip(7, '192.0.2.2');
  const stale = await flip(7, '192.0.2.3').catch((e) => e);
  expect(stale.messages).toEqual([
    expect.stringContaining('but the values provided do not match the current values'),
    expect.stringContaining('already exists'),
  ]);
  await vi.waitFor(() => expect(addresses('_understudy.shop.example.com', 'TXT')).toEqual(['"epoch=8"']));
  expect(addresses()).toEqual(['192.0.2.2']);
});

test('a deletion that differs in TTL alone does not match', async () => {
  const { change } = withZone([a('shop.example.com', '192.0.2.1')]);
  const call = change({ Action: 'DELETE', ResourceRecordSet: a('shop.example.com', '192.0.2.1', { TTL: 6 }) });
  await expect(call).rejects.toBeInstanceOf(InvalidChangeBatch);
});

test.each<[string, ResourceRecordSet]>([
  ['a weight without an identifier', a('w.example.com', '192.0.2.1', { Weight: 1 })],
  ['an identifier without a routing policy', a('w.example.com', '192.0.2.1', { SetIdentifier: 'x' })],
  ['a weight above 255', a('w.example.com', '192.0.2.1', { Weight: 256, SetIdentifier: 'x' })],
  ['an address that is none', a('w.example.com', '192.0.2')],
  ['a TXT without quotation marks', { ...epoch(1), ResourceRecords: [{ Value: 'epoch=1' }] }],
  ['a name outside the zone', a('shop.example.org', '192.0.2.1')],
  [
    'a CNAME at the apex',
    { Name: 'example.com', Type: 'CNAME', TTL: 5, ResourceRecords: [{ Value: 'x.example.org' }] },
  ],
  [
    'a CNAME beside other records',
    { Name: 'shop.example.com', Type: 'CNAME', TTL: 5, ResourceRecords: [{ Value: 'x' }] },
  ],
  ['a weighted record beside a simple one', a('shop.example.com', '192.0.2.9', { Weight: 1, SetIdentifier: 'x' })],
  ['a health check that does not exist', a('h.example.com', '192.0.2.9', { HealthCheckId: 'none' })],
])('%s is refused', async (_, record) => {
  const { change } = withZone([a('shop.example.com', '192.0.2.1')]);
  await expect(change({ Action: 'CREATE', ResourceRecordSet: record })).rejects.toBeInstanceOf(InvalidChangeBatch);
});

test('a batch holds 1,000 record elements, and an upsert counts twice', async () => {
  const { change } = withZone([]);
  const changes = (count: number, Action: 'CREATE' | 'UPSERT'): Change[] =>
    Array.from({ length: count }, (_, index) => ({
      Action,
      ResourceRecordSet: a(`n${index}.example.com`, '192.0.2.1'),
    }));
  await expect(change(...changes(501, 'UPSERT'))).rejects.toBeInstanceOf(InvalidChangeBatch);
  await expect(change(...changes(1000, 'CREATE'))).resolves.toMatch(/^\/change\//);
});

test('records are listed by reversed name, type and identifier, page by page', async () => {
  const weighted = ['b', 'a'].map((id) => a('w.example.com', '192.0.2.1', { Weight: 1, SetIdentifier: id }));
  const { client } = withZone([
    ...weighted,
    epoch(1),
    a('shop.example.com', '192.0.2.1'),
    a('*.example.com', '192.0.2.5'),
  ]);
  const seen: string[] = [];
  let input = new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1', MaxItems: 2 }).input;
  for (let isTruncated = true; isTruncated; ) {
    const page = await client.send(new ListResourceRecordSetsCommand(input));
    seen.push(
      ...(page.ResourceRecordSets ?? []).map(({ Name, Type, SetIdentifier }) =>
        `${Name} ${Type} ${SetIdentifier ?? ''}`.trim(),
      ),
    );
    isTruncated = page.IsTruncated ?? false;
    input = {
      ...input,
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    };
  }
  expect(seen).toEqual([
    'example.com. NS',
    'example.com. SOA',
    '\\052.example.com. A',
    'shop.example.com. A',
    '_understudy.shop.example.com. TXT',
    'w.example.com. A a',
    'w.example.com. A b',
  ]);
});

test('a zone names its four name servers; an unknown zone is an error', async () => {
  const { client } = withZone([]);
  const zone = await client.send(new GetHostedZoneCommand({ Id: '/hostedzone/Z1' }));
  expect(zone.HostedZone?.Name).toBe('example.com.');
  expect(zone.DelegationSet?.NameServers).toHaveLength(4);
  await expect(client.send(new GetHostedZoneCommand({ Id: 'Z2' }))).rejects.toBeInstanceOf(NoSuchHostedZone);
});

test('names that do not exist, exist without the type, or lie in no zone are told apart', () => {
  const { world } = withZone([a('shop.example.com', '192.0.2.1'), a('x.deep.example.com', '192.0.2.1')]);
  const rcode = (name: string, type = 'A'): string => {
    const answer = world.route53.answerQuestion({ name, type });
    return `${answer.rcode} ${answer.authoritative} ${answer.answers.length}`;
  };
  expect(rcode('shop.example.com')).toBe('NOERROR true 1');
  expect(rcode('SHOP.example.com', 'AAAA')).toBe('NOERROR true 0');
  expect(rcode('deep.example.com')).toBe('NOERROR true 0');
  expect(rcode('none.example.com')).toBe('NXDOMAIN true 0');
  expect(rcode('example.org')).toBe('REFUSED false 0');
});

test('a wildcard answers for names that do not exist, a CNAME for every type', () => {
  const cname: ResourceRecordSet = {
    Name: 'www.example.com',
    Type: 'CNAME',
    TTL: 5,
    ResourceRecords: [{ Value: 'shop.example.com' }],
  };
  const { world } = withZone([a('*.example.com', '192.0.2.5'), a('shop.example.com', '192.0.2.1'), cname]);
  const answers = (name: string): unknown => world.route53.answerQuestion({ name, type: 'A' }).answers;
  expect(answers('any.example.com')).toEqual([
    { name: 'any.example.com', type: 'A', ttlSeconds: 5, values: ['192.0.2.5'] },
  ]);
  expect(answers('shop.example.com')).toMatchObject([{ values: ['192.0.2.1'] }]);
  expect(answers('www.example.com')).toMatchObject([{ type: 'CNAME', values: ['shop.example.com'] }]);
});

test.each([
  [0, 0.0, '192.0.2.2'],
  [1, 0.2, '192.0.2.1'],
  [1, 0.3, '192.0.2.2'],
])('weights %i and 3 at random %d answer %s', (weight, random, address) => {
  const records = [
    a('w.example.com', '192.0.2.1', { Weight: weight, SetIdentifier: 'one' }),
    a('w.example.com', '192.0.2.2', { Weight: 3, SetIdentifier: 'two' }),
  ];
  expect(withZone(records, () => random).addresses('w.example.com')).toEqual([address]);
});

test.each([
  [0.1, '192.0.2.1'],
  [0.9, '192.0.2.2'],
])('when all weights are 0 all are equal: random %d answers %s', (random, address) => {
  const records = ['192.0.2.1', '192.0.2.2'].map((value) =>
    a('w.example.com', value, { Weight: 0, SetIdentifier: value }),
  );
  expect(withZone(records, () => random).addresses('w.example.com')).toEqual([address]);
});

test('an alias answers with the records of its target', () => {
  const alias: ResourceRecordSet = {
    Name: 'example.com',
    Type: 'A',
    AliasTarget: { HostedZoneId: 'Z1', DNSName: 'shop.example.com', EvaluateTargetHealth: false },
  };
  expect(withZone([a('shop.example.com', '192.0.2.1'), alias]).addresses('example.com')).toEqual(['192.0.2.1']);
});
