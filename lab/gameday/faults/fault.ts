import type { Instant } from '../../../shared/domain/run.ts';
import type { Lab } from '../lab.ts';

/** Something that can happen to the lab. Faults are small, and made into situations with `together`. */
export interface Fault {
  /** A clause for the timeline: "every process of the primary Region is killed". */
  readonly what: string;
  /** @returns the moment it struck */
  strike(lab: Lab): Promise<Instant> | Instant;
  /** The end of it. A fault without one passes by itself, or never. */
  heal?(lab: Lab): Promise<void> | void;
}

/** Strike one after the other, at nearly the same moment: that of the last one counts. Healed together, too. */
export const together = (first: Fault, ...others: readonly Fault[]): Fault => ({
  what: [first, ...others].map(({ what }) => what).join('; '),
  async strike(lab) {
    let struckAt = await first.strike(lab);
    for (const fault of others) struckAt = await fault.strike(lab);
    return struckAt;
  },
  async heal(lab) {
    for (const fault of [first, ...others]) await fault.heal?.(lab);
  },
});

/** With fractions of a millisecond, as the client's log has them. */
export const nowMs = (): Instant => performance.timeOrigin + performance.now();
