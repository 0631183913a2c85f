import type { Outcome } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';

/** A newer run holds the lock, or has claimed the write lease: this one must not act any more. */
export const overtaken = ({ epoch, id }: Run, has = 'holds the lock'): Outcome => ({
  status: 'refused',
  refusal: 'stale-epoch',
  why: `a newer run than ${id} (epoch ${epoch}) ${has}`,
});
