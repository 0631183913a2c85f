import { canonicalValue, keyOf, type RecordType } from './dns.ts';

export type Answer =
  | { readonly answered: true; readonly values: readonly string[] }
  | { readonly answered: false; readonly why: string };

export interface NamedAnswer {
  readonly name: string;
  readonly type: string;
  readonly answer: Answer;
}

/** What one authoritative server says. A server that does not answer for the mark is not asked for the names. */
export interface ServerFacts {
  readonly server: string;
  /** The TXT record that tells which change a server knows. */
  readonly mark: Answer;
  readonly names: readonly NamedAnswer[];
}

/** What every server that answers has to say before traffic counts as moved. */
export interface Expected {
  readonly markName: string;
  readonly mark: string;
  readonly records: readonly {
    readonly name: string;
    readonly type: RecordType;
    /** Undefined where only somebody else knows the values, such as those of an alias: then any value will do. */
    readonly values?: readonly string[] | undefined;
  }[];
}

export type Shown =
  | { readonly shown: true; readonly where: string }
  /** At most three doubts, for one sentence. */
  | { readonly shown: false; readonly why: string };

const doubtsTold = 3;

/** The servers decide (docs/adr/0002): every one that answers, and at least one, must say what is expected. */
export function shownBy(servers: readonly ServerFacts[], expected: Expected): Shown {
  const speaking = servers.filter(({ mark }) => mark.answered);
  if (speaking.length === 0) return { shown: false, why: 'none of the authoritative servers answers' };
  const doubts = speaking.flatMap((server) => doubtsAbout(server, expected));
  if (doubts.length > 0) return { shown: false, why: doubts.slice(0, doubtsTold).join(' · ') };
  return { shown: true, where: `${speaking.length} of ${servers.length} authoritative servers` };
}

function doubtsAbout({ mark, names, server }: ServerFacts, expected: Expected): readonly string[] {
  const shown = mark.answered ? mark.values.join(', ') : '';
  if (shown !== expected.mark) return [`${server} still answers ${expected.markName} with ${shown || 'nothing'}`];
  return expected.records.flatMap(({ name, type, values }) => {
    const answer = names.find((one) => keyOf(one.name, one.type) === keyOf(name, type))?.answer;
    if (!answer?.answered) return [`${server} does not answer for ${name} ${type}`];
    if (answer.values.length === 0) return [`${server} has no value for ${name} ${type}`];
    const known = new Set((values ?? answer.values).map((value) => canonicalValue(value, type)));
    const others = answer.values.filter((value) => !known.has(canonicalValue(value, type)));
    return others.length === 0 ? [] : [`${server} still answers ${name} ${type} with ${others.join(', ')}`];
  });
}
