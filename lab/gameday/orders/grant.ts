/** A grant of the write lease, as the guard hands it over: this Region may write under `epoch` until `expiresAt` (ms). */
export interface Grant {
  readonly epoch: number;
  readonly expiresAt: number;
}

/** The fields of a grant in a request body, or what is wrong with them. Closing needs the epoch only. */
export function parseGrant<Field extends keyof Grant>(
  body: string,
  fields: readonly Field[],
): Pick<Grant, Field> | { readonly problem: string } {
  const value = parsed(body);
  const wrong = fields.find((field) => !isWholeNumber(value[field]));
  if (wrong !== undefined) return { problem: `${wrong} must be a whole number of at least 0.` };
  return value as Pick<Grant, Field>;
}

const isWholeNumber = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
