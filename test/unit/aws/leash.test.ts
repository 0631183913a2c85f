import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { simulatedServices } from '../../../lab/cloud/commands.ts';
import { cloudPlugin } from '../../../lab/cloud/wire.ts';
import { leashedOutside } from '../../../shared/aws/leash.ts';
import type { HttpRequest } from '../../../shared/aws/outside.ts';
import { isReading } from '../../../shared/aws/reading.ts';
import { primary, recovery } from '../../support/sample-run.ts';
import { smallWorld, tableName } from '../../support/small-world.ts';

const commands = Object.entries(simulatedServices).flatMap(([service, { commands: known }]) =>
  Object.entries(known).map(([command, { mutating }]) => ({ service, command, mutating })),
);

function leashed(exception?: Parameters<typeof leashedOutside>[2]) {
  const { world } = smallWorld();
  world.rds(recovery.region).seedInstance({ DBInstanceIdentifier: 'orders' });
  const requests: HttpRequest[] = [];
  const clients = {
    callTimeoutMs: 1000,
    maxAttempts: 3,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    plugin: (endpointRegion: string) =>
      cloudPlugin(world, { callerRegion: recovery.region, endpointRegion, timeoutMs: 1000 }),
  };
  const net = {
    http: async (request: HttpRequest) => {
      requests.push(request);
      return { answered: true, status: 200, body: '' } as const;
    },
    dns: async () => ({ answered: true, values: ['127.0.0.1'] }) as const,
  };
  return { world, requests, outside: leashedOutside(clients, net, exception) };
}

describe('what the leash takes for reading', () => {
  it.each(commands)('$service $command: as the simulated cloud does', ({ command, mutating, service }) => {
    expect(isReading(service, command)).toBe(!mutating);
  });

  it.each([
    ['RDS', 'DeleteDBInstance'],
    ['ECS', 'RunTask'],
    ['S3', 'PutObject'],
    ['Anything', 'NeverHeardOf'],
    ['Anything', 'Getaway'],
    ['Anything', 'Listen'],
    ['Anything', 'Describe'],
    ['SQS', 'ReceiveMessage'],
    ['Other', 'Query'],
    ['', ''],
  ])('%s %s is not: nobody knows that it changes nothing', (service, command) => {
    expect(isReading(service, command)).toBe(false);
  });

  it('the table above has commands of both sorts', () => {
    expect(commands.filter(({ mutating }) => mutating).length).toBeGreaterThan(10);
    expect(commands.filter(({ mutating }) => !mutating).length).toBeGreaterThan(10);
  });
});

describe('an SDK client on the leash', () => {
  it('reads', async () => {
    const { outside } = leashed();
    const { DBInstances } = await outside.client(RDSClient, recovery.region).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances?.map(({ DBInstanceIdentifier: id }) => id)).toEqual(['orders']);
  });

  it('stops a command that the lab does not even know, tells which, and sends nothing', async () => {
    const { outside, world } = leashed();
    const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders' });
    await expect(outside.client(RDSClient, recovery.region).send(command)).rejects.toMatchObject({
      name: 'Leashed',
      call: {
        service: 'RDS',
        command: 'DeleteDBInstance',
        at: recovery.region,
        input: { DBInstanceIdentifier: 'orders' },
      },
    });
    expect(world.history).toEqual([]);
  });

  it('lets an exception through and nothing beside it, also from the document client', async () => {
    const { outside, world } = leashed(({ input }) => {
      const { Item } = input as { readonly Item?: { readonly pk: string } };
      return Item?.pk === 'mine';
    });
    const table = DynamoDBDocumentClient.from(outside.client(DynamoDBClient, recovery.region));
    const put = (pk: string) => table.send(new PutCommand({ TableName: tableName, Item: { pk, sk: 'a' } }));
    await put('mine');
    await expect(put('yours')).rejects.toMatchObject({ name: 'Leashed' });
    const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: { pk: 'mine', sk: 'a' } }));
    const { Items } = await table.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'yours' },
      }),
    );
    expect({ Item, Items }).toEqual({ Item: { pk: 'mine', sk: 'a' }, Items: [] });
    expect(world.dynamoDb.items(tableName)).toHaveLength(1);
  });

  it('is another client than the one of a real run in the same process', () => {
    const { outside } = leashed();
    expect(outside.client(RDSClient, primary.region)).not.toBe(leashed().outside.client(RDSClient, primary.region));
    expect(outside.client(RDSClient, primary.region)).toBe(outside.client(RDSClient, primary.region));
  });
});

describe('HTTP on the leash', () => {
  const request = { url: 'https://shop.example/orders', timeoutMs: 100 };

  it('asks', async () => {
    const { outside, requests } = leashed();
    expect(await outside.http({ ...request, method: 'GET' })).toMatchObject({ status: 200 });
    expect(requests).toHaveLength(1);
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)('stops %s before it is sent', async (method) => {
    const { outside, requests } = leashed();
    await expect(outside.http({ ...request, method, body: 'x' })).rejects.toMatchObject({
      name: 'Leashed',
      call: { service: 'HTTP', command: method, at: request.url, input: 'x' },
    });
    expect(requests).toEqual([]);
  });
});
