import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ReplicatedWriteConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import { TransientError } from '../domain/errors.ts';

export type Item = Readonly<Record<string, unknown>>;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A condition in DynamoDB's own words, with the values it names. */
export interface Condition {
  readonly expression: string;
  readonly values?: Item;
}

/**
 * The coordination table through one Region's endpoint: strongly consistent reads and single-item conditional writes,
 * which is all that a multi-Region strongly consistent global table offers.
 */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** False when the condition did not hold. */
  put(item: Key & Item, condition?: Condition): Promise<boolean>;
  /** Sets fields, and removes one. False when the condition did not hold. */
  update(key: Key, set: Item, condition: Condition, remove?: string): Promise<boolean>;
  /** Items of one partition whose sort key begins so, in its order. */
  list(
    pk: string,
    prefix: string,
    order: { readonly newestFirst?: boolean; readonly limit?: number },
  ): Promise<readonly Item[]>;
}

export function openTable(outside: Outside, region: string, tableName: string): Table {
  const client = DynamoDBDocumentClient.from(outside.client(DynamoDBClient, region), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const doing = (verb: string, key: Key): string => `${verb} ${key.pk} ${key.sk} in ${tableName} (${region})`;
  return {
    get: (key) =>
      converted(doing('reading', key), async () => {
        const { Item: item } = await client.send(
          new GetCommand({ TableName: tableName, Key: { ...key }, ConsistentRead: true }),
        );
        return item;
      }),
    put: (item, condition) =>
      converted(doing('writing', item), () =>
        held(client.send(new PutCommand({ TableName: tableName, Item: { ...item }, ...conditional(condition) }))),
      ),
    update: (key, set, condition, remove) =>
      converted(doing('updating', key), () =>
        held(
          client.send(
            new UpdateCommand({ TableName: tableName, Key: { ...key }, ...assignments(set, condition, remove) }),
          ),
        ),
      ),
    list: (pk, prefix, order) =>
      converted(`listing ${pk} ${prefix}* in ${tableName} (${region})`, () =>
        listAll(client, tableName, pk, prefix, order),
      ),
  };
}

function conditional(condition: Condition | undefined) {
  if (condition === undefined) return {};
  return {
    ConditionExpression: condition.expression,
    ...(condition.values === undefined ? {} : { ExpressionAttributeValues: { ...condition.values } }),
  };
}

function assignments(
  set: Item,
  condition: Condition,
  remove: string | undefined,
): Omit<UpdateCommandInput, 'TableName' | 'Key'> {
  const fields = Object.keys(set);
  const setting = `SET ${fields.map((field) => `${field} = :set_${field}`).join(', ')}`;
  return {
    UpdateExpression: remove === undefined ? setting : `${setting} REMOVE ${remove}`,
    ConditionExpression: condition.expression,
    ExpressionAttributeValues: {
      ...condition.values,
      ...Object.fromEntries(fields.map((field) => [`:set_${field}`, set[field]])),
    },
  };
}

async function held(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    if (error instanceof ReplicatedWriteConflictException) throw conflict(error);
    throw error;
  }
}

/** Another Region writes the same item at this moment: the write did nothing, and may be repeated. */
const conflict = (error: ReplicatedWriteConflictException): TransientError =>
  new TransientError(error.message, { code: error.name, effect: 'none', cause: error });

async function listAll(
  client: DynamoDBDocumentClient,
  tableName: string,
  pk: string,
  prefix: string,
  { newestFirst = false, limit }: { readonly newestFirst?: boolean; readonly limit?: number },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
        ConsistentRead: true,
        ScanIndexForward: !newestFirst,
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && (limit === undefined || items.length < limit));
  return limit === undefined ? items : items.slice(0, limit);
}
