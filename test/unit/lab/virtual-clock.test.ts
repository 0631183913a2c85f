import { describe, expect, it } from 'vitest';
import { noon, virtualClock } from '../../../lab/modelled/virtual-clock.ts';

describe('the virtual clock', () => {
  /** A gate takes whole milliseconds only: with parts of one, a grant was refused for a whole day (homeward, 12777). */
  it('shows whole milliseconds, as Date does, and wakes nobody early', async () => {
    const clock = virtualClock();
    await clock.sleep(0.4);
    expect(clock.now()).toBe(noon + 1);
    await clock.sleep(2.6);
    expect(clock.now()).toBe(noon + 4);
  });

  it('wakes whoever fell asleep first, of two that wake at the same moment', async () => {
    const clock = virtualClock();
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number) => clock.sleep(ms).then(() => woken.push(name));
    await Promise.all([sleeper('first', 10), sleeper('second', 10), sleeper('early', 5)]);
    expect(woken).toEqual(['early', 'first', 'second']);
  });
});
