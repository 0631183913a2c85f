import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Goal } from '../contract.ts';
import type { Spec } from './spec.ts';

const LOOK_AGAIN_SECONDS = 1;

export interface Facts {
  /** UUID derived from the run, the phase and the write: the same at each look, another one in each run. */
  readonly transactionId: string;
  /** Where the record was looked for. */
  readonly url: string;
  readonly read: ReadAnswer;
}

export type ReadAnswer =
  | { readonly answered: false; readonly why: string }
  | {
      readonly answered: true;
      readonly status: number;
      /** Whether the body contains the transaction id: a page that answers 200 to everything does not. */
      readonly echoesId: boolean;
      /** What the body says in `expectRegionField`, if it is a text. */
      readonly regionField?: string;
      /** The beginning of the body, for the person who reads the journal. */
      readonly excerpt: string;
    };

export interface Action {
  readonly type: 'write';
  readonly transactionId: string;
}

/** Settled only by a record that this run wrote and that was read back; the read decides, never the write's answer. */
export function check({ phase, run }: Goal, spec: Spec, facts: Facts): Decision<Action> {
  const { read, transactionId, url } = facts;
  if (!read.answered) return wait(`${url} does not answer: ${read.why}`, LOOK_AGAIN_SECONDS);
  if (isForTheMoment(read.status)) {
    return wait(`${url} answers ${read.status}: ${read.excerpt}`, LOOK_AGAIN_SECONDS);
  }
  if (read.status === 404) {
    return act({ type: 'write', transactionId }, `no transaction ${transactionId} at ${url} yet: write it`);
  }
  if (!isSuccess(read.status)) {
    const remedy = 'correct the URL, the paths or the permissions in the plan';
    return refuse('verification-failed', `${url} answers ${read.status}: ${read.excerpt}; ${remedy}`);
  }
  if (!read.echoesId) {
    const remedy = 'read.path must answer 404 to an unknown id, and with the id to a known one';
    return refuse('verification-failed', `${url} answers ${read.status} without ${transactionId}; ${remedy}`);
  }
  const elsewhere = otherRegion(read.regionField, spec, run.to.region);
  if (elsewhere !== undefined) return wait(`${url} ${elsewhere}${because(phase)}`, LOOK_AGAIN_SECONDS);
  return settled(`transaction ${transactionId} was written and read back in ${run.to.region} through ${url}`);
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** 408, 425 and 429 ask the client to come back; a server that is still starting says 5xx. */
const isForTheMoment = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

function otherRegion(said: string | undefined, { expectRegionField }: Spec, expected: string): string | undefined {
  if (expectRegionField === undefined || said === expected) return undefined;
  if (said === undefined) return `does not say in ${expectRegionField} which Region it is, expected ${expected}`;
  return `is answered by ${said}, not by ${expected}`;
}

const because = (phase: Goal['phase']): string =>
  phase === 'confirm' ? '; resolvers may keep the old answer until its TTL has passed' : '';

/** A verification leaves its record: deleting it would be one more way to do damage. */
export function undo({ transactionId }: Action): { readonly irreversible: string } {
  return {
    irreversible: `the verification record ${transactionId} remains; it harms nothing and can be deleted by hand`,
  };
}
