import { type AttributeValue, InternalServerError, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { fault } from '../errors.ts';
import type { Host } from '../host.ts';
import { validationException } from './tokens.ts';
import { compare, type Item } from './values.ts';

export interface TableSeed {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Regions that serve requests. */
  readonly replicas: readonly string[];
  /** A Region that only takes part in the majority. */
  readonly witness?: string;
}

interface Write {
  readonly key: string;
  readonly item: Item | undefined;
}

/**
 * One global table with multi-Region strong consistency. A write, and a strongly consistent read, needs the majority of
 * replicas and witness from the replica that was asked; an eventually consistent read is served by that replica alone.
 */
export class Table {
  readonly seed: TableSeed;
  readonly #host: Host;
  readonly #keyNames: readonly string[];
  readonly #items = new Map<string, Item>();
  readonly #log: Write[] = [];
  readonly #replicas: ReadonlyMap<string, { items: Map<string, Item>; applied: number }>;

  constructor(host: Host, seed: TableSeed) {
    this.#host = host;
    this.seed = seed;
    this.#keyNames = [seed.partitionKey, ...(seed.sortKey === undefined ? [] : [seed.sortKey])];
    this.#replicas = new Map(seed.replicas.map((region) => [region, { items: new Map(), applied: 0 }]));
  }

  /** @throws InternalServerError without a majority, ResourceNotFoundException where the table has no replica */
  requireMajority(region: string): void {
    this.requireReplica(region);
    if (!this.#hasMajority(region)) throw fault(InternalServerError, 'The majority of Regions cannot be reached.', 500);
  }

  requireReplica(region: string): void {
    if (!this.#replicas.has(region)) throw fault(ResourceNotFoundException, 'Requested resource not found');
  }

  /** All items as the majority knows them, by key. */
  items(): ReadonlyMap<string, Item> {
    return this.#items;
  }

  /** All items as this replica shows them to an eventually consistent read, by key. */
  localItems(region: string): ReadonlyMap<string, Item> {
    if (this.#hasMajority(region)) this.#catchUp(region);
    return this.#replicas.get(region)?.items ?? new Map();
  }

  /** Replaces (or, without an item, deletes) what has this key; replicas that the writer reaches follow at once. */
  write(region: string, key: Item, item: Item | undefined): void {
    const id = this.keyOf(key);
    this.#log.push({ key: id, item });
    set(this.#items, { key: id, item });
    for (const replica of this.#replicas.keys()) {
      if (replica === region || this.#host.isReachable(region, replica)) this.#catchUp(replica);
    }
  }

  /** The item's primary key alone. @throws ValidationException when it has none or of a wrong type */
  primaryKey(item: Item): Record<string, AttributeValue> {
    return Object.fromEntries(this.#keyNames.map((name) => [name, keyElement(item, name)]));
  }

  /** The primary key as one text. @throws as primaryKey() */
  keyOf(item: Item): string {
    let key = '';
    for (const name of this.#keyNames) {
      const { N, S } = keyElement(item, name);
      key += S === undefined ? `N${N}\n` : `S${S.length} ${S}\n`;
    }
    return key;
  }

  inKeyOrder(items: readonly Item[]): readonly Item[] {
    const { sortKey } = this.seed;
    if (sortKey === undefined) return items;
    return items.toSorted((a, b) => compare(a[sortKey] ?? { N: '0' }, b[sortKey] ?? { N: '0' }) ?? 0);
  }

  #hasMajority(region: string): boolean {
    const members = [...this.seed.replicas, ...(this.seed.witness === undefined ? [] : [this.seed.witness])];
    const reached = members.filter((member) => this.#host.isReachable(region, member));
    return reached.length * 2 > members.length;
  }

  #catchUp(region: string): void {
    const replica = this.#replicas.get(region);
    if (replica === undefined) return;
    for (const write of this.#log.slice(replica.applied)) set(replica.items, write);
    replica.applied = this.#log.length;
  }
}

function keyElement(item: Item, name: string): AttributeValue {
  const value = item[name];
  if (value?.S || value?.N !== undefined) return value;
  throw validationException(`The provided key element does not match the schema: ${name}`);
}

function set(items: Map<string, Item>, { key, item }: Write): void {
  if (item === undefined) items.delete(key);
  else items.set(key, item);
}
