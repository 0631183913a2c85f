const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ITEM_LENGTH_MAX = 200;
const AMOUNT_CENTS_MAX = 2_147_483_647;

export interface Order {
  readonly id: string;
  readonly item: string;
  readonly amountCents: number;
}

/** A row of the table. `committedAt` is in epoch milliseconds with fractions; `region` is the Region that wrote it. */
export interface StoredOrder extends Order {
  readonly region: string;
  readonly epoch: number | null;
  readonly committedAt: number;
}

/** The order in a request body, or what is wrong with it. */
export function parseOrder(body: string): Order | { readonly problem: string } {
  const value = parsedObject(body);
  if (value === undefined) return { problem: 'The body must be a JSON object.' };
  const { id, item, amountCents } = value;
  if (!isOrderId(id)) return { problem: 'id must be a UUID.' };
  if (typeof item !== 'string' || item === '' || item.length > ITEM_LENGTH_MAX) {
    return { problem: `item must be a text of 1 to ${ITEM_LENGTH_MAX} characters.` };
  }
  if (!isAmount(amountCents)) return { problem: `amountCents must be a whole number from 0 to ${AMOUNT_CENTS_MAX}.` };
  return { id: id.toLowerCase(), item, amountCents };
}

export function isOrderId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function isAmount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= AMOUNT_CENTS_MAX;
}

interface OrderFields {
  readonly id?: unknown;
  readonly item?: unknown;
  readonly amountCents?: unknown;
}

function parsedObject(body: string): OrderFields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
