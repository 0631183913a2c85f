/** An error of the endpoint itself, before any service was asked. */
export class WireError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  readonly $fault = 'client';

  constructor(name: string, message: string, { status }: { readonly status: number }) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}
