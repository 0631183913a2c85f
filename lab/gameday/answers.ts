import type { AddressAnswer } from '../checkers/evidence.ts';
import type { Route53 } from '../cloud/route53.ts';
import { type DnsServer, startDnsServer } from './dns/authoritative-server.ts';
import type { AnswerQuestion, ZoneAnswer } from './dns/zone-answer.ts';

/** The authoritative DNS server, and every address that it has given for the application's name. */
export interface Answers {
  readonly server: DnsServer;
  readonly given: readonly AddressAnswer[];
}

export async function openAnswers(name: string, zones: Pick<Route53, 'answerQuestion'>): Promise<Answers> {
  const given: AddressAnswer[] = [];
  const server = await startDnsServer({
    answer: (question) => asZoneAnswers(zones.answerQuestion(question)),
    onAnswer: ({ answers, at, name: asked, type }) => {
      if (type !== 'A' || asked !== name) return;
      given.push({ at, name, addresses: answers.flatMap((record) => (record.type === 'A' ? record.values : [])) });
    },
  });
  return { server, given };
}

type Answer = ReturnType<Route53['answerQuestion']>;

const types = new Set(['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'SOA', 'SRV']);

/** Route 53 has more types of records than the lab's DNS server can encode; the lab's zone uses none of them. */
function asZoneAnswers({ answers, ...rest }: Answer): ReturnType<AnswerQuestion> {
  const isKnown = (one: Answer['answers'][number]): one is ZoneAnswer => types.has(one.type);
  return { ...rest, answers: answers.filter(isKnown) };
}
