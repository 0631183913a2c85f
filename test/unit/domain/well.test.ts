import { describe, expect, it } from 'vitest';
import { judgeWell, type Pulse } from '../../../shared/domain/well.ts';

const terms = { stableSeconds: 600, everySeconds: 1 };
const pulse = (changes: object = {}): Pulse => ({
  answered: true,
  sent: 600,
  failed: 0,
  selfChecksFailed: 0,
  ...changes,
});

describe('a Region that is not in charge', () => {
  it.each<[string, Pulse, boolean]>([
    ['is well when its probes have reached the Region in charge all the time', pulse(), true],
    ['is well when a minute between two schedules left a gap', pulse({ sent: 301 }), true],
    ['is well when a probe was lost now and then', pulse({ failed: 6 }), true],
    ['is well when just half of them are there', pulse({ sent: 300 }), true],
    ['is not well when it has sent nothing for half the time', pulse({ sent: 299 }), false],
    ['is not well when it does not answer', { answered: false, why: 'silence' }, false],
    ['is not well when it did not reach the Region in charge', pulse({ failed: 7 }), false],
    ['is not well when it reached nothing else', pulse({ selfChecksFailed: 1 }), false],
  ])('%s', (_title, seen, isWell) => {
    const judged = judgeWell(seen, terms);
    expect(judged.isWell).toBe(isWell);
    expect(judged.why).not.toBe('');
  });

  it.each([
    [150, true],
    [149, false],
  ])('that probes each 2 s and has sent %i in 10 min: well is %s', (sent, isWell) => {
    expect(judgeWell(pulse({ sent }), { stableSeconds: 600, everySeconds: 2 }).isWell).toBe(isWell);
  });

  it('must have sent one probe at least, however short the time', () => {
    expect(judgeWell(pulse({ sent: 0 }), { stableSeconds: 0, everySeconds: 1 }).isWell).toBe(false);
  });
});
