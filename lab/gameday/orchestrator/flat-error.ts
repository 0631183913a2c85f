/** An error as it crosses a process: a structured clone would lose its name and what the SDK reads from it. */
export interface FlatError {
  readonly name: string;
  readonly message: string;
  /** Its own fields, such as `$fault`, `$metadata` and `Item`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function flatten(error: unknown): FlatError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} };
  return { name: error.name, message: error.message, fields: { ...error, name: error.name } };
}

/** The SDK's exception classes know their own by name, `$fault` and `$metadata`, so `instanceof` still holds. */
export const revive = ({ fields, message, name }: FlatError): Error =>
  Object.assign(new Error(message), fields, { name });
