import { describe, expect, it } from 'vitest';
import { detect, type SignalState } from '../../../shared/domain/detection.ts';
import type { Signal } from '../../../shared/domain/plan.ts';

const seen = (observer: Signal['observer'], state: SignalState['state'], watches: Signal['watches'] = 'primary') => ({
  signal: { id: `${watches}-from-${observer}`, alarm: 'fails', observer, watches, windowSeconds: 30 },
  state,
});

describe('detection', () => {
  it.each<[string, readonly SignalState[], number, string]>([
    ['2 of 2 observers confirm', [seen('recovery', 'alarm'), seen('witness', 'alarm')], 2, 'confirmed'],
    ['1 of 2 does not', [seen('recovery', 'alarm'), seen('witness', 'ok')], 2, 'not-confirmed'],
    ['all well does not', [seen('recovery', 'ok'), seen('witness', 'ok')], 2, 'not-confirmed'],
    [
      'two alarms of one observer may be its own sickness',
      [seen('witness', 'alarm'), seen('witness', 'alarm')],
      2,
      'inconclusive',
    ],
    [
      'two alarms of one observer stay inconclusive although the other one says ok',
      [seen('witness', 'alarm'), seen('witness', 'alarm'), seen('recovery', 'ok')],
      2,
      'inconclusive',
    ],
    [
      'the watched place does not testify against itself',
      [seen('primary', 'alarm'), seen('witness', 'alarm')],
      2,
      'not-confirmed',
    ],
    [
      'signals about the other place do not count',
      [seen('witness', 'alarm'), seen('witness', 'alarm', 'recovery')],
      2,
      'not-confirmed',
    ],
    [
      'an observer without an answer leaves it open',
      [seen('recovery', 'unanswered'), seen('witness', 'alarm')],
      2,
      'inconclusive',
    ],
    [
      'an alarm without data leaves it open',
      [seen('recovery', 'insufficient-data'), seen('witness', 'alarm')],
      2,
      'inconclusive',
    ],
    [
      'an alarm that is not there leaves it open',
      [seen('recovery', 'absent'), seen('witness', 'alarm')],
      2,
      'inconclusive',
    ],
    ['nobody answers', [seen('recovery', 'unanswered'), seen('witness', 'unanswered')], 2, 'inconclusive'],
    [
      'one without an answer could not make the quorum',
      [seen('recovery', 'unanswered'), seen('witness', 'ok')],
      2,
      'not-confirmed',
    ],
    ['no signal at all confirms nothing', [], 2, 'not-confirmed'],
    [
      '2 of 3 do not meet a quorum of 3',
      [seen('recovery', 'alarm'), seen('witness', 'alarm'), seen('witness', 'ok')],
      3,
      'not-confirmed',
    ],
    [
      '3 of 3 from two observers meet a quorum of 3',
      [seen('recovery', 'alarm'), seen('witness', 'alarm'), seen('witness', 'alarm')],
      3,
      'confirmed',
    ],
  ])('%s', (_title, states, quorum, verdict) => {
    expect(detect(states, 'primary', quorum).verdict).toBe(verdict);
  });

  it('watches the recovery place in the same way', () => {
    const states = [seen('primary', 'alarm', 'recovery'), seen('witness', 'alarm', 'recovery')];
    expect(detect(states, 'recovery', 2).verdict).toBe('confirmed');
    expect(detect(states, 'primary', 2).verdict).toBe('not-confirmed');
  });
});
