/** What a Region has published of itself of late: its own probes, in its own CloudWatch; numbers of probes. */
export type Pulse =
  | { readonly answered: false; readonly why: string }
  | {
      readonly answered: true;
      /** Of the Region in charge. */
      readonly sent: number;
      readonly failed: number;
      /** Self-checks of which no URL answered. */
      readonly selfChecksFailed: number;
    };

export interface WellTerms {
  readonly stableSeconds: number;
  /** Pause between two probes. */
  readonly everySeconds: number;
}

/** Of the probes that were due so many must be there: a function that is started each minute leaves small gaps. */
const shareOfProbes = 0.5;

/** A lost probe now and then says nothing. */
const shareOfFailures = 0.01;

/**
 * Whether a Region that is not in charge is well: all the time its functions have run, its CloudWatch has taken what they
 * saw, and they have reached the Region in charge and the rest of the world. Its application is not asked: at rest it may
 * have been taken down by the very run that left it.
 */
export function judgeWell(pulse: Pulse, { everySeconds, stableSeconds }: WellTerms): { isWell: boolean; why: string } {
  if (!pulse.answered) return { isWell: false, why: `does not tell how it is: ${pulse.why}` };
  const { failed, selfChecksFailed, sent } = pulse;
  const due = Math.max(1, Math.floor((stableSeconds / everySeconds) * shareOfProbes));
  const tally = `has sent ${sent} probes in ${stableSeconds} s (at least ${due} are due)`;
  if (sent < due) return { isWell: false, why: `${tally}: it has not been well for that long` };
  if (failed > sent * shareOfFailures)
    return { isWell: false, why: `${tally}, of which ${failed} failed to reach the Region in charge` };
  if (selfChecksFailed > 0)
    return { isWell: false, why: `${tally}, and could reach nothing else ${selfChecksFailed} times` };
  return { isWell: true, why: `${tally}, and they reached the Region in charge` };
}
