import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DetectionTerms, detect, type Evidence } from '../../shared/domain/detection.ts';
import { isSick } from '../../shared/domain/observer-view.ts';
import { said, view } from '../support/signals.ts';
import { noon } from '../support/virtual-clock.ts';

const kinds = ['probe', 'replication', 'alarm'] as const;
const observers = ['primary', 'recovery', 'witness'] as const;

const state = fc
  .record({
    kind: fc.constantFrom(...kinds),
    observer: fc.constantFrom(...observers),
    watches: fc.constantFrom('primary' as const, 'primary' as const, 'recovery' as const),
    missingData: fc.constantFrom('nothing' as const, 'failing' as const),
    said: fc.constantFrom(
      'alarm' as const,
      'alarm' as const,
      'ok' as const,
      'insufficient-data' as const,
      'absent' as const,
      'unanswered' as const,
    ),
    ageSeconds: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  })
  .map(({ ageSeconds, said: says, ...changes }) =>
    said(says, changes, ageSeconds === undefined ? undefined : noon - ageSeconds * 1000),
  );

const failures = fc.integer({ min: 0, max: 30 });
const views = fc
  .tuple(
    ...(['recovery', 'witness'] as const).map((observer) =>
      fc
        .record({
          failed: failures,
          unanswered: failures,
          targetFailed: failures,
          selfChecksFailed: failures,
          silent: fc.boolean(),
        })
        .map(({ failed, silent, unanswered, ...rest }) =>
          silent ? [] : [view(observer, { ...rest, watched: { failed, unanswered: Math.min(failed, unanswered) } })],
        ),
    ),
  )
  .map((all) => all.flat());

const terms: fc.Arbitrary<DetectionTerms> = fc.record({
  quorum: fc.integer({ min: 2, max: 4 }),
  holdSeconds: fc.constantFrom(0, 10),
  selfCheck: fc.constantFrom([], ['https://elsewhere.example']),
  standby: fc.constantFrom('warm' as const, 'cold' as const),
});

const evidence: fc.Arbitrary<Evidence> = fc
  .record({ states: fc.array(state, { maxLength: 8 }), views })
  .map((told) => ({ ...told, watched: 'primary' as const, now: noon }));

/** The signals that could speak for a failure at all, whatever else is wrong with them. */
const speaking = ({ states, views: seen }: Evidence, by: DetectionTerms) => {
  const sick = seen.filter((one) => isSick(one, by)).map(({ observer }) => observer);
  return states
    .filter(({ signal }) => signal.watches === 'primary' && signal.observer !== 'primary')
    .filter(({ signal }) => !sick.includes(signal.observer))
    .filter(
      ({ signal, state: says }) =>
        says === 'alarm' ||
        (says === 'insufficient-data' && signal.missingData === 'failing' && signal.kind === 'alarm'),
    )
    .filter(({ since }) => by.holdSeconds === 0 || (since ?? noon) <= noon - by.holdSeconds * 1000)
    .map(({ signal }) => signal);
};

const isConfirmed = (told: Evidence, by: DetectionTerms): boolean => detect(told, by).verdict === 'confirmed';
const runs = { numRuns: 5000 };

describe('whatever the signals say', () => {
  it('nothing is confirmed by fewer than the quorum, one kind, one observer, or observers that are sick', () => {
    fc.assert(
      fc.property(evidence, terms, (told, by) => {
        const signals = speaking(told, by);
        const enough =
          signals.length >= by.quorum &&
          new Set(signals.map(({ kind }) => kind)).size >= 2 &&
          new Set(signals.map(({ observer }) => observer)).size >= 2;
        return enough || !isConfirmed(told, by);
      }),
      runs,
    );
  });

  it('nothing is confirmed once an observer’s self-check fails: there are only two outside a place', () => {
    fc.assert(
      fc.property(evidence, terms, fc.constantFrom('recovery' as const, 'witness' as const), (told, by, observer) => {
        const sick = view(observer, {
          watched: { failed: 30, unanswered: 30 },
          targetFailed: 30,
          selfChecksFailed: 30,
        });
        const withSick = { ...told, views: [...told.views.filter((one) => one.observer !== observer), sick] };
        return (by.standby === 'cold' && by.selfCheck.length === 0) || !isConfirmed(withSick, by);
      }),
      runs,
    );
  });

  it('nothing is confirmed when the application answered every failed probe and replication goes on', () => {
    fc.assert(
      fc.property(evidence, terms, (told, by) => {
        const states = told.states.map((one) =>
          one.signal.kind === 'replication' ? { ...one, state: 'ok' as const } : one,
        );
        const answered = told.views.map((one) =>
          view(one.observer, { ...one, watched: { failed: one.watched.failed + 1, unanswered: 0 } }),
        );
        return answered.length === 0 || !isConfirmed({ ...told, states, views: answered }, by);
      }),
      runs,
    );
  });

  it('one more alarm never makes a confirmed failure doubtful', () => {
    fc.assert(
      fc.property(evidence, terms, state, (told, by, more) => {
        const harder = { ...told, states: [...told.states, { ...more, state: 'alarm' as const }] };
        return !isConfirmed(told, by) || isConfirmed(harder, by);
      }),
      runs,
    );
  });

  it('and some of it is confirmed, so that the properties above mean something', () => {
    const confirmed = fc
      .sample(fc.tuple(evidence, terms), { numRuns: 5000, seed: 1 })
      .filter(([told, by]) => isConfirmed(told, by));
    expect(confirmed.length).toBeGreaterThan(50);
  });
});
