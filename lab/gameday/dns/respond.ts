import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { type AnswerQuestion, toResourceRecords, withoutFinalDot, type ZoneAnswer } from './zone-answer.ts';

/** RFC 1035: the most a UDP answer may carry when the asker did not announce more by EDNS. */
const PLAIN_UDP_BYTES = 512;
/** What this server itself accepts by EDNS and never exceeds over UDP, whatever the asker offers. */
const EDNS_UDP_BYTES_MAX = 4096;
const TCP_BYTES_MAX = 65_535;
const OPCODE_MASK = 0x7800;
const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const EDNS_OPTION: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: EDNS_UDP_BYTES_MAX,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** What was said to one asker; `answers` is empty when the name has no such record. */
export interface GivenAnswer {
  readonly name: string;
  readonly type: string;
  readonly rcode: keyof typeof RCODES;
  readonly answers: readonly ZoneAnswer[];
}

export interface Response {
  readonly bytes: Buffer;
  readonly given: GivenAnswer;
}

/**
 * The response to one query, or nothing at all for what is not a query. Never throws: a zone that cannot answer, or
 * whose values cannot be written down, is a SERVFAIL.
 */
export function respond(query: Buffer, transport: 'udp' | 'tcp', answer: AnswerQuestion): Response | undefined {
  const packet = withoutThrowing(() => decode(query));
  const question = packet?.questions?.[0];
  // What is no question deserves no answer: answering garbage is how amplification starts.
  if (packet === undefined || question === undefined || packet.flag_qr || packet.questions?.length !== 1) return;
  const asked: Asked = { packet, question, transport };
  return (
    withoutThrowing(() => responseTo(asked, ask(asked, answer))) ??
    withoutThrowing(() => responseTo(asked, empty(question, 'SERVFAIL')))
  );
}

interface Asked {
  readonly packet: DecodedPacket;
  readonly question: Question;
  readonly transport: 'udp' | 'tcp';
}

interface Said extends GivenAnswer {
  readonly authoritative: boolean;
}

function ask({ packet, question }: Asked, answer: AnswerQuestion): Said {
  if (((packet.flags ?? 0) & OPCODE_MASK) !== 0) return empty(question, 'NOTIMP');
  return { ...empty(question, 'NOERROR'), ...answer({ name: zoneName(question), type: question.type }) };
}

function empty(question: Question, rcode: keyof typeof RCODES): Said {
  return { name: zoneName(question), type: question.type, rcode, answers: [], authoritative: false };
}

function zoneName(question: Question): string {
  return withoutFinalDot(question.name).toLowerCase();
}

function responseTo({ packet, question, transport }: Asked, { authoritative, ...given }: Said): Response {
  const opt = packet.additionals?.find((record) => record.type === 'OPT');
  const response: Packet = {
    type: 'response',
    id: packet.id,
    flags: responseFlags(packet, authoritative) | RCODES[given.rcode],
    questions: [question],
    ...sectionsOf(question, given.answers),
    additionals: opt === undefined ? [] : [EDNS_OPTION],
  };
  return { bytes: encodeWithin(response, transport === 'tcp' ? TCP_BYTES_MAX : udpBytesMax(opt)), given };
}

function withoutThrowing<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}

/** The SOA of a zone that has no such record goes to the authority section, where negative caching looks for it. */
function sectionsOf(question: Question, answers: readonly ZoneAnswer[]) {
  const asked = answers.filter(({ type }) => type === question.type || type === 'CNAME');
  const soa = answers.filter(({ type }) => type === 'SOA' && question.type !== 'SOA');
  return {
    answers: asked.flatMap((record) => toResourceRecords(inAskersSpelling(record, question))),
    authorities: soa.flatMap(toResourceRecords),
  };
}

function inAskersSpelling(record: ZoneAnswer, question: Question): ZoneAnswer {
  const name = withoutFinalDot(record.name);
  return { ...record, name: name.toLowerCase() === question.name.toLowerCase() ? question.name : name };
}

function responseFlags({ flags = 0 }: DecodedPacket, authoritative: boolean): number {
  return (flags & (OPCODE_MASK | RECURSION_DESIRED)) | (authoritative ? AUTHORITATIVE_ANSWER : 0);
}

function udpBytesMax(opt: Answer | undefined): number {
  if (opt?.type !== 'OPT') return PLAIN_UDP_BYTES;
  return Math.min(Math.max(opt.udpPayloadSize, PLAIN_UDP_BYTES), EDNS_UDP_BYTES_MAX);
}

/** An answer too large for its transport is sent empty with the TC bit, so that the asker comes again over TCP. */
function encodeWithin(response: Packet, bytesMax: number): Buffer {
  const bytes = encode(response);
  if (bytes.length <= bytesMax) return bytes;
  return encode({ ...response, flags: (response.flags ?? 0) | TRUNCATED_RESPONSE, answers: [], authorities: [] });
}
