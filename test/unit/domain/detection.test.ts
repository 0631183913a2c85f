import { describe, expect, it } from 'vitest';
import {
  countedSince,
  type DetectionTerms,
  type DetectionVerdict,
  detect,
  type SignalState,
} from '../../../shared/domain/detection.ts';
import type { ObserverView } from '../../../shared/domain/observer-view.ts';
import { said, view } from '../../support/signals.ts';
import { noon } from '../../support/virtual-clock.ts';

const terms: DetectionTerms = { quorum: 2, holdSeconds: 0, selfCheck: [], standby: 'warm' };
const checking: DetectionTerms = { ...terms, selfCheck: ['https://elsewhere.example'] };
const secondsAgo = (seconds: number): number => noon - seconds * 1000;

interface Case {
  readonly states: readonly SignalState[];
  readonly views?: readonly ObserverView[];
  readonly terms?: DetectionTerms;
}
type Row = readonly [string, Case, DetectionVerdict['verdict']];

const judged = ({ states, views = [], terms: by = terms }: Case, watched: 'primary' | 'recovery' = 'primary') =>
  detect({ watched, now: noon, states, views }, by);

const probe = { kind: 'probe', observer: 'recovery' } as const;
const otherProbe = { kind: 'probe', observer: 'witness' } as const;
const heartbeat = { kind: 'replication', observer: 'recovery' } as const;
const users = { kind: 'alarm', observer: 'witness' } as const;
/** Two kinds, two observers. */
const agreeing = [said('alarm', probe), said('alarm', users)];
/** The Region is dead: nothing answers. */
const dead = { watched: { failed: 30, unanswered: 30 } };
const broken = { watched: { failed: 30, unanswered: 0 } };

const quorum: readonly Row[] = [
  ['two kinds from two observers confirm', { states: agreeing }, 'confirmed'],
  [
    'the standby and a probe from elsewhere do',
    { states: [said('alarm', heartbeat), said('alarm', otherProbe)] },
    'confirmed',
  ],
  ['more than the quorum do', { states: [...agreeing, said('alarm', otherProbe), said('ok', heartbeat)] }, 'confirmed'],
  [
    'three of three do',
    { states: [...agreeing, said('alarm', heartbeat)], terms: { ...terms, quorum: 3 } },
    'confirmed',
  ],
  [
    'two of three do not',
    { states: [...agreeing, said('ok', heartbeat)], terms: { ...terms, quorum: 3 } },
    'not-confirmed',
  ],
  ['one alone does not', { states: [said('alarm', probe), said('ok', users)] }, 'not-confirmed'],
  ['all well does not', { states: [said('ok', probe), said('ok', users)] }, 'not-confirmed'],
  ['no signal at all does not', { states: [] }, 'not-confirmed'],
  [
    'one kind alone leaves it open, from however many observers',
    { states: [said('alarm', probe), said('alarm', otherProbe), said('ok', users)] },
    'inconclusive',
  ],
  [
    'one observer alone leaves it open, with however many kinds',
    { states: [said('alarm', probe), said('alarm', heartbeat), said('ok', users)] },
    'inconclusive',
  ],
  [
    'the watched place does not testify against itself',
    { states: [said('alarm', { ...users, observer: 'primary' }), said('alarm', otherProbe)] },
    'not-confirmed',
  ],
  [
    'signals about the other place do not count',
    { states: [said('alarm', probe), said('alarm', { ...users, watches: 'recovery' })] },
    'not-confirmed',
  ],
];

const silence: readonly Row[] = [
  [
    'an observer without an answer leaves it open',
    { states: [said('alarm', probe), said('unanswered', users)] },
    'inconclusive',
  ],
  ['an alarm that is not there does', { states: [said('alarm', probe), said('absent', users)] }, 'inconclusive'],
  ['an alarm without data does', { states: [said('alarm', probe), said('insufficient-data', users)] }, 'inconclusive'],
  ['nobody answers', { states: [said('unanswered', probe), said('unanswered', users)] }, 'inconclusive'],
  [
    'silence that could not make the quorum leaves nothing open',
    { states: [said('ok', probe), said('absent', users)] },
    'not-confirmed',
  ],
  [
    'silence of the only other kind leaves it open',
    { states: [said('alarm', probe), said('alarm', otherProbe), said('unanswered', users)] },
    'inconclusive',
  ],
  [
    'missing data of an alarm fails where the plan says so',
    { states: [said('alarm', probe), said('insufficient-data', { ...users, missingData: 'failing' })] },
    'confirmed',
  ],
  [
    'an alarm that is not there says nothing, whatever the plan says',
    { states: [said('alarm', probe), said('absent', { ...users, missingData: 'failing' })] },
    'inconclusive',
  ],
  [
    'nor does an observer without an answer',
    { states: [said('alarm', probe), said('unanswered', { ...users, missingData: 'failing' })] },
    'inconclusive',
  ],
  [
    'a silent probe is its own observer’s silence, whatever the plan says',
    { states: [said('insufficient-data', { ...probe, missingData: 'failing' }), said('alarm', users)] },
    'inconclusive',
  ],
  [
    'so is a silent heartbeat',
    { states: [said('insufficient-data', { ...heartbeat, missingData: 'failing' }), said('alarm', users)] },
    'inconclusive',
  ],
];

const held: DetectionTerms = { ...terms, holdSeconds: 10 };
const time: readonly Row[] = [
  [
    'alarms that have been red for long enough confirm',
    { states: [said('alarm', probe, secondsAgo(10)), said('alarm', users, secondsAgo(30))], terms: held },
    'confirmed',
  ],
  [
    'one that went off just now leaves it open',
    { states: [said('alarm', probe, secondsAgo(30)), said('alarm', users, secondsAgo(9.999))], terms: held },
    'inconclusive',
  ],
  [
    'one of which nobody knows since when it is red does',
    { states: [said('alarm', probe, secondsAgo(30)), said('alarm', users)], terms: held },
    'inconclusive',
  ],
  [
    'silence must last as long',
    {
      states: [
        said('alarm', probe, secondsAgo(30)),
        said('insufficient-data', { ...users, missingData: 'failing' }, secondsAgo(5)),
      ],
      terms: held,
    },
    'inconclusive',
  ],
];

const observers: readonly Row[] = [
  [
    'an observer that sees both places fail is the sick one, where the other sees the standby answer',
    { states: agreeing, views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', dead)] },
    'inconclusive',
  ],
  [
    'the standby’s one slow answer is no sickness',
    { states: agreeing, views: [view('recovery', { ...dead, targetFailed: 1 }), view('witness', dead)] },
    'confirmed',
  ],
  [
    'when every observer sees both places fail, going there would not help',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, targetFailed: 20 }), view('witness', { ...dead, targetFailed: 30 })],
    },
    'inconclusive',
  ],
  [
    'nor where their self-checks are well',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, targetFailed: 20 }), view('witness', { ...dead, targetFailed: 30 })],
      terms: checking,
    },
    'inconclusive',
  ],
  [
    'one observer that does not reach the standby says nothing, when its self-check is well and the other reaches it',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', dead)],
      terms: checking,
    },
    'confirmed',
  ],
  [
    'an observer whose self-check fails does not count',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, selfChecksFailed: 30 }), view('witness', dead)],
      terms: checking,
    },
    'inconclusive',
  ],
  [
    'one self-check that failed in half a minute is no sickness',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, selfChecksFailed: 1 }), view('witness', dead)],
      terms: checking,
    },
    'confirmed',
  ],
  [
    'a cold standby that does not answer says nothing of anybody',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', { ...dead, targetFailed: 30 })],
      terms: { ...checking, standby: 'cold' },
    },
    'confirmed',
  ],
  [
    'nor where nothing else can be reached to check itself',
    {
      states: agreeing,
      views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', dead)],
      terms: { ...terms, standby: 'cold' },
    },
    'confirmed',
  ],
];

const answers: readonly Row[] = [
  [
    'a bad deploy is not the Region',
    { states: agreeing, views: [view('recovery', broken), view('witness', broken)] },
    'not-confirmed',
  ],
  [
    'nor when only probes see it',
    {
      states: [said('alarm', probe), said('alarm', otherProbe)],
      views: [view('recovery', broken), view('witness', broken)],
    },
    'not-confirmed',
  ],
  [
    'nothing is called a bad deploy before the quorum is in alarm',
    {
      states: [said('alarm', probe, secondsAgo(30)), said('alarm', users, secondsAgo(1))],
      views: [view('recovery', broken), view('witness', broken)],
      terms: held,
    },
    'inconclusive',
  ],
  [
    'the same with replication that has stopped is the Region',
    { states: [...agreeing, said('alarm', heartbeat)], views: [view('recovery', broken), view('witness', broken)] },
    'confirmed',
  ],
  [
    'a share of requests without an answer is the Region, if another kind agrees',
    {
      states: agreeing,
      views: [view('recovery', { watched: { failed: 12, unanswered: 5 } }), view('witness', broken)],
    },
    'confirmed',
  ],
  [
    'and leaves it open, if none does',
    {
      states: [said('alarm', probe), said('alarm', otherProbe), said('ok', users)],
      views: [view('recovery', { watched: { failed: 12, unanswered: 5 } }), view('witness', broken)],
    },
    'inconclusive',
  ],
  [
    'what a sick observer did not hear does not make a bad deploy the Region',
    {
      states: [...agreeing, said('alarm', otherProbe), said('alarm', { ...users, id: 'canary' })],
      views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', broken)],
    },
    'not-confirmed',
  ],
];

describe('k of n signals', () => {
  it.each(quorum)('%s', (_title, given, verdict) => expect(judged(given).verdict).toBe(verdict));
});

describe('who says nothing', () => {
  it.each(silence)('%s', (_title, given, verdict) => expect(judged(given).verdict).toBe(verdict));
});

describe('the hold time', () => {
  it.each(time)('%s', (_title, given, verdict) => expect(judged(given).verdict).toBe(verdict));
});

describe('sick observers', () => {
  it.each(observers)('%s', (_title, given, verdict) => expect(judged(given).verdict).toBe(verdict));
});

describe('failures that the application answers', () => {
  it.each(answers)('%s', (_title, given, verdict) => expect(judged(given).verdict).toBe(verdict));
});

describe('what is read aloud', () => {
  it.each<[Case, RegExp]>([
    [
      { states: agreeing },
      /^2 of 2 signals in alarm \(alarm-from-witness and probe-from-recovery\), quorum 2; alarm and probe agree, seen by recovery and witness$/,
    ],
    [{ states: [said('alarm', probe), said('alarm', otherProbe)] }, /all of the kind probe/],
    [{ states: [said('alarm', probe), said('alarm', heartbeat)] }, /all from one observer, recovery/],
    [{ states: [said('alarm', probe), said('unanswered', users)] }, /alarm-from-witness without an answer$/],
    [{ states: agreeing, views: [view('recovery', broken)] }, /answered all 30 failed probes.+Roll back/],
    [
      { states: agreeing, views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', dead)] },
      /recovery cannot reach anything else/,
    ],
    [{ states: agreeing, views: [view('recovery', { ...dead, targetFailed: 30 })] }, /going there would not help$/],
    [
      {
        states: agreeing,
        views: [view('recovery', { ...dead, targetFailed: 30 }), view('witness', { ...dead, targetFailed: 30 })],
      },
      /but recovery and witness see the other place fail as well as the primary/,
    ],
    [
      { states: [said('alarm', probe, secondsAgo(20)), said('alarm', users, secondsAgo(1))], terms: held },
      /alarm-from-witness not for 10 s yet$/,
    ],
    [{ states: [said('ok', probe)] }, /^0 of 1 signals in alarm \(none\), quorum 2$/],
  ])('%#: %s', (given, why) => expect(judged(given).why).toMatch(why));
});

describe('when it began', () => {
  it('is when so many signals began as make the quorum, not when one went red long before', () => {
    const states = [
      said('alarm', { ...users, id: 'stuck' }, secondsAgo(7200)),
      said('alarm', probe, secondsAgo(4)),
      said('alarm', users, secondsAgo(1)),
    ];
    expect(judged({ states })).toMatchObject({ incidentAt: secondsAgo(34) });
  });

  it('is counted in the order of time, whatever the order of the signals, and only by those in alarm', () => {
    const states = [
      said('alarm', probe, secondsAgo(4)),
      said('alarm', users, secondsAgo(1)),
      said('ok', heartbeat, secondsAgo(3600)),
      said('alarm', { ...users, id: 'stuck' }, secondsAgo(7200)),
    ];
    expect(judged({ states })).toMatchObject({ incidentAt: secondsAgo(34) });
  });

  it('is not known where the alarms do not tell', () => {
    expect(judged({ states: agreeing })).not.toHaveProperty('incidentAt');
  });
});

describe('after the application has moved', () => {
  const states = [said('alarm', probe, secondsAgo(3600)), said('alarm', users)];
  const evidence = { watched: 'primary', now: noon, states, views: [] } as const;
  const sinces = (inChargeSince: number | undefined) =>
    countedSince(evidence, inChargeSince, 5).states.map(({ since }) => since);

  it('an alarm counts from one whole window after the move, and what an old look may show, whatever it has seen before', () => {
    expect(sinces(secondsAgo(100))).toEqual([secondsAgo(65), secondsAgo(65)]);
    expect(countedSince(evidence, secondsAgo(100), 5)).toMatchObject({ watched: 'primary', now: noon, views: [] });
    expect(countedSince(evidence, secondsAgo(100), 5).states.map(({ signal }) => signal)).toEqual(
      states.map(({ signal }) => signal),
    );
  });

  it('an alarm that went off later counts from then', () => {
    expect(sinces(secondsAgo(7200))).toEqual([secondsAgo(3600), secondsAgo(7165)]);
  });

  it('nothing changes for one that has never moved', () => {
    expect(countedSince(evidence, undefined, 5)).toBe(evidence);
  });
});

it('the recovery place is watched in the same way', () => {
  const states = [
    said('alarm', { ...probe, observer: 'primary', watches: 'recovery' }),
    said('alarm', { ...users, watches: 'recovery' }),
  ];
  expect(judged({ states }, 'recovery').verdict).toBe('confirmed');
  expect(judged({ states }, 'primary').verdict).toBe('not-confirmed');
});
