import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  InternalServerError,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  QueryCommand as DocumentQuery,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import type { World } from '../../../lab/cloud/world.ts';
import { collect, connect, makeBench, primary, recovery, witness } from './support.ts';

const TableName = 'understudy';
const Key = { pk: 'app#shop', sk: 'lock' };

interface Tables {
  readonly world: World;
  readonly client: DynamoDBClient;
  readonly here: DynamoDBDocumentClient;
  readonly there: DynamoDBDocumentClient;
}

function withTable(): Tables {
  const { world } = makeBench();
  world.dynamoDb.seedTable({
    name: TableName,
    partitionKey: 'pk',
    sortKey: 'sk',
    replicas: [primary, recovery],
    witness,
  });
  const client = connect(DynamoDBClient, world, { region: recovery });
  const other = connect(DynamoDBClient, world, { region: primary });
  return { world, client, here: DynamoDBDocumentClient.from(client), there: DynamoDBDocumentClient.from(other) };
}

const update = (input: Omit<UpdateCommandInput, 'TableName' | 'Key'>): UpdateCommand =>
  new UpdateCommand({ TableName, Key, ...input });

test('an item written in one Region is read back whole in the other', async () => {
  const { here, there } = withTable();
  const item = { ...Key, epoch: 7, nested: { list: [1, 'a', true, null] }, tags: new Set(['x', 'y']) };
  await here.send(new PutCommand({ TableName, Item: item }));
  const answer = await there.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  expect(answer.Item).toEqual(item);
  expect((await there.send(new GetCommand({ TableName, Key: { ...Key, sk: 'none' } }))).Item).toBe(undefined);
});

test('opening a run raises the epoch once: the condition lets one of two writers through', async () => {
  const { here, there } = withTable();
  await here.send(new PutCommand({ TableName, Item: { ...Key, epoch: 1 } }));
  const open = update({
    UpdateExpression: 'SET epoch = epoch + :one, runId = :run',
    ConditionExpression: 'epoch = :seen AND attribute_not_exists(runId)',
    ExpressionAttributeValues: { ':one': 1, ':seen': 1, ':run': 'run-1' },
    ReturnValues: 'ALL_NEW',
  });
  const results = await Promise.allSettled([here.send(open), there.send(open)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const rejected = results.find((result) => result.status === 'rejected');
  expect(rejected).toMatchObject({ reason: expect.any(ConditionalCheckFailedException) });
  const { Item } = await here.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  expect(Item).toEqual({ ...Key, epoch: 2, runId: 'run-1' });
});

test('a failed condition shows the item when it is asked to', async () => {
  const { client, here } = withTable();
  await here.send(new PutCommand({ TableName, Item: { ...Key, epoch: 3 } }));
  const put = new PutCommand({
    TableName,
    Item: Key,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const error = await DynamoDBDocumentClient.from(client)
    .send(put)
    .catch((e) => e);
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error.Item).toMatchObject({ epoch: { N: '3' } });
});

test.each<[string, boolean]>([
  ['epoch = :five', true],
  ['epoch <> :five', false],
  ['epoch < :five', false],
  ['epoch <= :five', true],
  ['epoch > :four', true],
  ['epoch >= :six', false],
  ['epoch BETWEEN :four AND :six', true],
  ['NOT epoch = :five', false],
  ['epoch = :four OR epoch = :five', true],
  ['epoch = :four OR epoch = :five AND epoch = :six', false],
  ['(epoch = :five OR epoch = :four) AND epoch = :five', true],
  ['attribute_exists(#owner.#name)', true],
  ['attribute_not_exists(#owner.absent)', true],
  ['begins_with(#owner.#name, :prefix)', true],
  ['begins_with(epoch, :prefix)', false],
  ['absent = :five', false],
  ['absent <> :five', true],
  ['#owner = :five', false],
])('the condition %s is %s', async (ConditionExpression, holds) => {
  const { here } = withTable();
  await here.send(new PutCommand({ TableName, Item: { ...Key, epoch: 5, owner: { name: 'eu-central-1' } } }));
  const values = { ':four': 4, ':five': 5, ':six': 6, ':prefix': 'eu-' };
  const names = { '#owner': 'owner', '#name': 'name' };
  const pick = <T>(all: Record<string, T>): Record<string, T> | undefined => {
    const used = Object.entries(all).filter(([token]) => new RegExp(`${token}\\b`).test(ConditionExpression));
    return used.length === 0 ? undefined : Object.fromEntries(used);
  };
  const write = here.send(
    new PutCommand({
      TableName,
      Item: Key,
      ConditionExpression,
      ExpressionAttributeNames: pick(names),
      ExpressionAttributeValues: pick(values),
    }),
  );
  const outcome = await write.then(
    () => 'written',
    (error: Error) => error.name,
  );
  expect(outcome).toBe(holds ? 'written' : 'ConditionalCheckFailedException');
});

test('an update sets, adds and removes from the item as it was before', async () => {
  const { here } = withTable();
  await here.send(new PutCommand({ TableName, Item: { ...Key, a: 1, b: 10, gone: 'x', nested: { x: 1 } } }));
  const { Attributes } = await here.send(
    update({
      UpdateExpression:
        'SET a = b - :two, b = a + :two, fresh = if_not_exists(fresh, :two), nested.y = :two REMOVE gone ADD counted :two',
      ExpressionAttributeValues: { ':two': 2 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  expect(Attributes).toEqual({ ...Key, a: 8, b: 3, fresh: 2, nested: { x: 1, y: 2 }, counted: 2 });
});

test('an update of an item that is not there makes it; a deletion returns what it deleted', async () => {
  const { here, world } = withTable();
  await here.send(update({ UpdateExpression: 'SET epoch = :one', ExpressionAttributeValues: { ':one': 1 } }));
  expect(world.dynamoDb.items(TableName)).toEqual([{ pk: { S: 'app#shop' }, sk: { S: 'lock' }, epoch: { N: '1' } }]);
  const { Attributes } = await here.send(new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }));
  expect(Attributes).toEqual({ ...Key, epoch: 1 });
  expect(world.dynamoDb.items(TableName)).toEqual([]);
});

test.each<[string, Omit<UpdateCommandInput, 'TableName' | 'Key'>]>([
  ['a reserved word', { UpdateExpression: 'SET status = :v', ExpressionAttributeValues: { ':v': 1 } }],
  ['an unused value', { UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': 1, ':w': 2 } }],
  ['an undefined value', { UpdateExpression: 'SET a = :v' }],
  ['a key attribute', { UpdateExpression: 'SET sk = :v', ExpressionAttributeValues: { ':v': 1 } }],
  ['the same path twice', { UpdateExpression: 'SET a = :v, a = :v', ExpressionAttributeValues: { ':v': 1 } }],
  ['a missing operand', { UpdateExpression: 'SET a = nowhere + :v', ExpressionAttributeValues: { ':v': 1 } }],
  ['a sum of texts', { UpdateExpression: 'SET a = :v + :v', ExpressionAttributeValues: { ':v': 'x' } }],
  ['a path through nothing', { UpdateExpression: 'SET a.b = :v', ExpressionAttributeValues: { ':v': 1 } }],
  ['bad syntax', { UpdateExpression: 'SET a :v', ExpressionAttributeValues: { ':v': 1 } }],
])('%s in an update is refused as DynamoDB refuses it', async (_, input) => {
  const { here } = withTable();
  await expect(here.send(update(input))).rejects.toMatchObject({ name: 'ValidationException' });
});

test.each([
  ['SET a = list_append(a, :v)', 'DynamoDB.the function list_append is not simulated; add it to lab/cloud/dynamodb.ts'],
  ['DELETE a :v', 'DynamoDB.the update clause DELETE is not simulated; add it to lab/cloud/dynamodb.ts'],
])('%s is loudly unknown', async (UpdateExpression, message) => {
  const { here } = withTable();
  const call = here.send(update({ UpdateExpression, ExpressionAttributeValues: { ':v': 1 } }));
  await expect(call).rejects.toMatchObject({ name: 'UnknownSimulatedOperation', message });
});

async function withEntries(): Promise<Tables> {
  const tables = withTable();
  for (const n of [2, 10, 1, 3]) {
    await tables.here.send(
      new PutCommand({ TableName, Item: { pk: 'run#1', sk: `e#${String(n).padStart(3, '0')}`, n } }),
    );
  }
  await tables.here.send(new PutCommand({ TableName, Item: { pk: 'run#2', sk: 'e#001', n: 99 } }));
  return tables;
}

const entries = {
  TableName,
  KeyConditionExpression: 'pk = :run AND begins_with(sk, :e)',
  ExpressionAttributeValues: { ':run': 'run#1', ':e': 'e#' },
};

test('a query finds one partition in the order of the sort key, in pages', async () => {
  const { here } = await withEntries();
  const pages = await collect(paginateQuery({ client: here, pageSize: 3 }, { ...entries }));
  expect(pages.map((page) => page.Items?.map(({ n }) => n))).toEqual([[1, 2, 3], [10]]);
  const last = await here.send(new DocumentQuery({ ...entries, ScanIndexForward: false, Limit: 1 }));
  expect(last.Items).toMatchObject([{ n: 10 }]);
});

test('a filter counts after the limit', async () => {
  const { here } = await withEntries();
  const values = { ...entries.ExpressionAttributeValues, ':three': 3 };
  const filtered = { ...entries, FilterExpression: 'n >= :three', ExpressionAttributeValues: values };
  expect(await here.send(new DocumentQuery({ ...filtered, Limit: 3 }))).toMatchObject({ Count: 1, ScannedCount: 3 });
});

test('a query without the partition key is refused', async () => {
  const { client } = await withEntries();
  const query = { TableName, KeyConditionExpression: 'sk = :s', ExpressionAttributeValues: { ':s': { S: 'e#001' } } };
  await expect(client.send(new QueryCommand(query))).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a write needs a majority: one Region may be lost, two may not', async () => {
  const { world, here } = withTable();
  const put = (epoch: number) => here.send(new PutCommand({ TableName, Item: { ...Key, epoch } }));
  world.loseRegion(primary);
  await put(1);
  world.loseRegion(witness);
  await expect(put(2)).rejects.toBeInstanceOf(InternalServerError);
  const read = here.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  await expect(read).rejects.toBeInstanceOf(InternalServerError);
  expect((await here.send(new GetCommand({ TableName, Key }))).Item).toMatchObject({ epoch: 1 });
  world.restoreRegion(witness);
  await put(3);
});

test('a replica without a majority refuses writes and shows old data until it is connected again', async () => {
  const { world, here, there } = withTable();
  await here.send(new PutCommand({ TableName, Item: { ...Key, epoch: 1 } }));
  for (const other of [recovery, witness]) world.network.cut(primary, other);
  world.network.cut(recovery, primary);
  await here.send(new PutCommand({ TableName, Item: { ...Key, epoch: 2 } }));
  await expect(there.send(new PutCommand({ TableName, Item: Key }))).rejects.toBeInstanceOf(InternalServerError);
  const local = async () => (await there.send(new GetCommand({ TableName, Key }))).Item?.['epoch'];
  expect(await local()).toBe(1);
  world.network.heal(primary, witness);
  expect(await local()).toBe(2);
});

test('transactions are refused, as on every table with strong consistency between Regions', async () => {
  const { client } = withTable();
  const command = new TransactWriteItemsCommand({ TransactItems: [] });
  await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a table without a replica in the Region is not found', async () => {
  const { world } = withTable();
  const client = DynamoDBDocumentClient.from(connect(DynamoDBClient, world, { region: witness }));
  const call = client.send(new GetCommand({ TableName, Key }));
  await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
