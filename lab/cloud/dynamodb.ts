import {
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  ResourceNotFoundException,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { parseCondition } from './dynamodb/condition.ts';
import { bytesOf, queryTable } from './dynamodb/query.ts';
import { Table, type TableSeed } from './dynamodb/table.ts';
import { makeScope, validationException } from './dynamodb/tokens.ts';
import { applyUpdate, parseUpdate } from './dynamodb/update.ts';
import type { Item } from './dynamodb/values.ts';
import { fault, notSimulated } from './errors.ts';
import { type CallPlace, type Host, pause, type Service } from './host.ts';

const itemBytesMax = 409_600;

type Write = PutItemCommandInput | UpdateItemCommandInput | DeleteItemCommandInput;

/** What a write does to the item, computed before it is allowed to do it. */
interface Intent {
  readonly key: Item;
  readonly change: (before: Item | undefined) => Item | undefined;
}

/** Amazon DynamoDB: global tables with multi-Region strong consistency (MRSC). */
export class DynamoDb implements Service {
  readonly operations = {
    GetItem: (input: GetItemCommandInput, call: CallPlace) => this.#get(input, call),
    PutItem: (input: PutItemCommandInput, call: CallPlace) => this.#put(input, call),
    UpdateItem: (input: UpdateItemCommandInput, call: CallPlace) => this.#update(input, call),
    DeleteItem: (input: DeleteItemCommandInput, call: CallPlace) => this.#delete(input, call),
    Query: (input: QueryCommandInput, call: CallPlace) => this.#query(input, call),
    TransactWriteItems: () => {
      throw validationException('Transactions are not supported on tables with multi-Region strong consistency');
    },
  };
  /** Items are never changed, only replaced. */
  readonly answersAreConstant = true;
  readonly #host: Host;
  readonly #tables = new Map<string, Table>();

  constructor(host: Host) {
    this.#host = host;
  }

  seedTable(seed: TableSeed): void {
    this.#tables.set(seed.name, new Table(this.#host, seed));
  }

  /** All items as the majority of Regions knows them, marshalled. Items are never changed, only replaced. */
  items(table: string): readonly Item[] {
    return [...this.#table(table).items().values()];
  }

  async #get(input: GetItemCommandInput, call: CallPlace): Promise<{ Item?: Item }> {
    const table = this.#table(input.TableName);
    const items = await this.#read(table, input.ConsistentRead === true, call);
    const item = items.get(table.keyOf(input.Key ?? {}));
    return item === undefined ? {} : { Item: item };
  }

  async #query(input: QueryCommandInput, call: CallPlace): Promise<object> {
    const table = this.#table(input.TableName);
    const items = await this.#read(table, input.ConsistentRead === true, call);
    return queryTable(table, [...items.values()], input);
  }

  #put(input: PutItemCommandInput, call: CallPlace): Promise<object> {
    const item = input.Item ?? {};
    return this.#write(input, call, { key: item, change: () => item });
  }

  #delete(input: DeleteItemCommandInput, call: CallPlace): Promise<object> {
    return this.#write(input, call, { key: input.Key ?? {}, change: () => undefined });
  }

  #update(input: UpdateItemCommandInput, call: CallPlace): Promise<object> {
    const key = input.Key ?? {};
    const change = (before: Item | undefined): Item => {
      const assignments = parseUpdate(input.UpdateExpression ?? '', makeScope(input));
      const isKey = assignments.some(({ path: [head] }) => head !== undefined && head in key);
      if (isKey) throw validationException('Cannot update an attribute that is part of the key');
      return applyUpdate(before ?? key, assignments);
    };
    return this.#write(input, call, { key, change });
  }

  /** Condition and effect happen in one turn, after the majority answered: that is what makes the write atomic. */
  async #write(input: Write, call: CallPlace, intent: Intent): Promise<object> {
    const table = this.#table(input.TableName);
    const key = table.primaryKey(intent.key);
    await this.#quorumTrip(table);
    table.requireMajority(call.region);
    const before = table.items().get(table.keyOf(key));
    checkCondition(input, before);
    const after = intent.change(before);
    if (after !== undefined && bytesOf(after) > itemBytesMax) {
      throw validationException('Item size has exceeded the maximum allowed size');
    }
    table.write(call.region, key, after);
    return returned(input, { before, after });
  }

  async #read(table: Table, isConsistent: boolean, call: CallPlace): Promise<ReadonlyMap<string, Item>> {
    table.requireReplica(call.region);
    if (!isConsistent) return table.localItems(call.region);
    await this.#quorumTrip(table);
    table.requireMajority(call.region);
    return table.items();
  }

  async #quorumTrip(table: Table): Promise<void> {
    if (table.seed.replicas.length > 1) await pause(this.#host, this.#host.settings.interRegionLatencyMs);
  }

  #table(name: string | undefined): Table {
    const table = this.#tables.get(name ?? '');
    if (table === undefined) throw fault(ResourceNotFoundException, 'Requested resource not found');
    return table;
  }
}

/** Reads both expressions of the request, because a substitution counts as used in either. */
function checkCondition(input: Write, before: Item | undefined): void {
  const scope = makeScope(input);
  const condition =
    input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression, scope);
  if ('UpdateExpression' in input) parseUpdate(input.UpdateExpression ?? '', scope);
  scope.assertAllUsed();
  if (condition === undefined || condition(before ?? {})) return;
  const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined ? { Item: before } : {};
  throw new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { httpStatusCode: 400 },
    ...shown,
  });
}

function returned(input: Write, { before, after }: { before: Item | undefined; after: Item | undefined }): object {
  const wanted = input.ReturnValues ?? 'NONE';
  const shown = { NONE: undefined, ALL_OLD: before, ALL_NEW: after } as Readonly<Record<string, Item | undefined>>;
  if (!(wanted in shown)) throw notSimulated('DynamoDB', `ReturnValues ${wanted}`);
  const item = shown[wanted];
  return item === undefined ? {} : { Attributes: item };
}
