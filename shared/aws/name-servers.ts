import pLimit from 'p-limit';
import type { RecordType } from '../domain/dns.ts';
import type { ServerFacts } from '../domain/name-servers.ts';
import type { DnsAnswer, DnsQuestion, Outside } from './outside.ts';

const timeoutMs = 1_000;
const questionsAtOnce = 16;

export interface ToAsk {
  /** Authoritative servers of one zone, as `DnsQuestion.server` takes them. */
  readonly servers: readonly string[];
  /** Name of the TXT record that is asked for first. */
  readonly markName: string;
  readonly records: readonly { readonly name: string; readonly type: RecordType }[];
}

/** Asks each server itself, past every cache: first for the mark, then, if it answers, for every name. */
export function askNameServers({ markName, records, servers }: ToAsk, outside: Outside): Promise<ServerFacts[]> {
  const limit = pLimit(questionsAtOnce);
  const ask: Ask = (question) => limit(() => outside.dns({ ...question, timeoutMs }));
  return Promise.all(servers.map((server) => askServer(server, { markName, records }, ask)));
}

type Ask = (question: Omit<DnsQuestion, 'timeoutMs'>) => Promise<DnsAnswer>;

/** A dead server costs one timeout, not one for each name. */
async function askServer(
  server: string,
  { markName, records }: Omit<ToAsk, 'servers'>,
  ask: Ask,
): Promise<ServerFacts> {
  const mark = await ask({ server, name: markName, type: 'TXT' });
  const asked = mark.answered ? records : [];
  const names = asked.map(async ({ name, type }) => ({ name, type, answer: await ask({ server, name, type }) }));
  return { server, mark, names: await Promise.all(names) };
}
