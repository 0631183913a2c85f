import type { Workplace } from '../lab/gameday/processes/workplace.ts';
import type { Packaged } from './packaged.ts';

/** What a check may use. */
export interface Bench {
  readonly workplace: Workplace;
  /** The folder of the virtual environment's programs. */
  readonly programs: string;
  readonly packaged: Packaged;
  /** One line of progress within a check. */
  say(line: string): void;
}

/** One claim, and the software of others that tries to refute it. */
export interface Check {
  /** The word for `--only`, and the first column of docs/verified.md. */
  readonly id: string;
  readonly claim: string;
  /** @returns what was seen, in a sentence. @throws Error saying what is wrong */
  run(bench: Bench): Promise<string>;
}

/** @throws Error with the sentence when it is not so */
export function ensure(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}
