import { type DayWanted, simulate } from './simulate.ts';

/** More attempts than this are not worth the wait: what is left by then is shown. */
const attemptsMax = 150;

export interface Shrunk {
  /** Happenings and call faults without which the checker passes. */
  readonly only: readonly string[];
  readonly attempts: number;
}

/**
 * Leaves away as many faults as it can while the same checker still fails: first halves, then smaller parts, at last single
 * ones (Zeller's delta debugging). What depends on the seed alone, such as durations, stays as it is.
 * @param onLess called with how many are left whenever the day has failed with less, and after how many attempts
 */
export async function shrink(
  wanted: DayWanted,
  checkerId: string,
  onLess: (left: number, attempts: number) => void = () => undefined,
): Promise<Shrunk> {
  let attempts = 0;
  const fails = async (only: readonly string[]): Promise<boolean> => {
    attempts++;
    const { checks } = await simulate({ ...wanted, only });
    return checks.some(({ id, verdict }) => id === checkerId && verdict === 'failed');
  };
  const { history } = await simulate(wanted);
  let left: readonly string[] = [...history.happened, ...history.struck].map(({ id }) => id);
  if (await fails([])) return { only: [], attempts };
  let parts = 2;
  while (left.length > 1 && attempts < attemptsMax) {
    const size = Math.ceil(left.length / parts);
    const without = await firstFailing(left, size, fails);
    if (without !== undefined) {
      left = without;
      onLess(left.length, attempts);
      parts = Math.max(2, parts - 1);
    } else if (size === 1) {
      break;
    } else {
      parts = Math.min(left.length, parts * 2);
    }
  }
  return { only: left, attempts };
}

/** The list without one of its parts, if it still fails then. */
async function firstFailing(
  list: readonly string[],
  size: number,
  fails: (only: readonly string[]) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  for (let from = 0; from < list.length; from += size) {
    const without = [...list.slice(0, from), ...list.slice(from + size)];
    if (without.length > 0 && (await fails(without))) return without;
  }
  return undefined;
}
