import type { AddressAnswer } from '../checkers/evidence.ts';
import { type DnsServer, startDnsServer } from './dns/authoritative-server.ts';
import type { AnswerQuestion } from './dns/zone-answer.ts';

/** The authoritative DNS server, and every address that it has given for the application's name. */
export interface Answers {
  readonly server: DnsServer;
  readonly given: readonly AddressAnswer[];
}

export async function openAnswers(name: string, answer: AnswerQuestion): Promise<Answers> {
  const given: AddressAnswer[] = [];
  const server = await startDnsServer({
    answer,
    onAnswer: ({ answers, at, name: asked, type }) => {
      if (type !== 'A' || asked !== name) return;
      given.push({ at, name, addresses: answers.flatMap((record) => (record.type === 'A' ? record.values : [])) });
    },
  });
  return { server, given };
}
