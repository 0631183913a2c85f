import type { ClientClass, Outside } from '../../shared/aws/outside.ts';

/** Makes SDK clients that find AWS at one address. */
export type MakeClient = <C>(Client: ClientClass<C>, region: string) => C;

export const clientsAt =
  (endpoint: string): MakeClient =>
  (Client, region) => {
    const settings = {
      region,
      endpoint,
      maxAttempts: 3,
      credentials: { accessKeyId: 'verify', secretAccessKey: 'verify' },
      requestHandler: { connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true } as const,
    };
    return new Client(settings);
  };

/** What the coordination table needs of the outside. */
export const outsideAt = (endpoint: string): Outside => ({
  client: clientsAt(endpoint),
  http: async () => ({ answered: false, why: 'not here' }),
  dns: async () => ({ answered: false, why: 'not here' }),
});
