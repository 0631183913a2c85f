import { setTimeout as sleep } from 'node:timers/promises';
import { ListResourceRecordSetsCommand, type ResourceRecordSet, type Route53Client } from '@aws-sdk/client-route-53';
import { type DnsServer, startDnsServer } from '../../lab/gameday/dns/authoritative-server.ts';

const lookEveryMs = 100;

/** moto has no name servers: this one answers with what moto's Route 53 lists, weight 0 left out. */
export async function openNameServer(): Promise<DnsServer & { follow(client: Route53Client, zoneId: string): void }> {
  let sets: readonly ResourceRecordSet[] = [];
  let followed: symbol | undefined;
  const server = await startDnsServer({
    answer: ({ name, type }) => ({
      authoritative: true,
      rcode: 'NOERROR',
      answers: sets
        .filter((set) => set.Name?.replace(/\.$/, '') === name && set.Type === type && set.Weight !== 0)
        .map((set) => ({
          name,
          type: type as 'A',
          ttlSeconds: set.TTL ?? 0,
          values: (set.ResourceRecords ?? []).map(({ Value }) => Value ?? ''),
        })),
    }),
  });
  const followZone = async (client: Route53Client, HostedZoneId: string, me: symbol): Promise<void> => {
    while (followed === me) {
      const list = new ListResourceRecordSetsCommand({ HostedZoneId });
      sets = (await client.send(list).catch(() => undefined))?.ResourceRecordSets ?? sets;
      await sleep(lookEveryMs);
    }
  };
  return {
    ...server,
    follow(client, zoneId) {
      followed = Symbol(zoneId);
      sets = [];
      void followZone(client, zoneId, followed);
    },
    async close() {
      followed = undefined;
      await server.close();
    },
  };
}
