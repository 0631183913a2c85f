import type { Outside } from '../../shared/aws/outside.ts';

type Overrides = Partial<Pick<Outside, 'http' | 'dns'>>;

const unanswered = async () => ({ answered: false, why: 'this test has no network' }) as const;

/** Real SDK clients, for `mockClient` to stand in; http and dns answer nothing unless given. */
export function outsideOf({ dns = unanswered, http = unanswered }: Overrides = {}): Outside {
  return {
    client: (Client, region) =>
      new Client({
        region,
        maxAttempts: 1,
        requestHandler: { connectionTimeout: 100, requestTimeout: 100, throwOnRequestTimeout: true },
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
    http,
    dns,
  };
}
