/** What the promotion of one resource would lose, as far as it was measured before the incident. */
export interface LossEstimate {
  /** Age of the newest write that the standby surely has, at the incident; s. `unknown`: nothing bounds the loss. */
  readonly seconds: number | 'unknown';
  /** The same in writes, where their rate is known. */
  readonly rows?: number;
  /** How it was measured, in a sentence. */
  readonly why: string;
}

/** What a person has accepted to lose: so many seconds, or whatever it may be. */
export type AcceptedLoss = LossEstimate['seconds'];

/** Whether a loss is within what may be lost: the RPO, or what a person has accepted for this run. */
export function isWithin({ seconds }: Pick<LossEstimate, 'seconds'>, allowed: AcceptedLoss | undefined): boolean {
  if (allowed === undefined) return false;
  if (allowed === 'unknown') return true;
  return seconds !== 'unknown' && seconds <= allowed;
}

/** The worst of several: what is unknown outweighs every number. Undefined when there is none. */
export function worstLoss(estimates: readonly LossEstimate[]): LossEstimate | undefined {
  return estimates.reduce<LossEstimate | undefined>((worst, one) => {
    if (worst === undefined) return one;
    return weightOf(one) > weightOf(worst) ? one : worst;
  }, undefined);
}

const weightOf = ({ seconds }: LossEstimate): number => (seconds === 'unknown' ? Number.POSITIVE_INFINITY : seconds);

/** `about 12.5 s (some 2,500 writes)`, or that nobody knows. */
export function lossInWords({ rows, seconds }: LossEstimate): string {
  if (seconds === 'unknown') return 'an unknown amount';
  const time = `about ${Number(seconds.toFixed(3))} s`;
  return rows === undefined ? time : `${time} (some ${rows.toLocaleString('en-US')} writes)`;
}
