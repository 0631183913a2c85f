import { describe, expect, it } from 'vitest';
import { liveStateOf, type WatchedProgress } from '../../../cli/commands/gameday-state.ts';
import { primary, recovery } from '../../support/sample-run.ts';

const lostAt = 10_000;
const now = 12_500;
const toPrimary = { acknowledged: 500, failed: 0, perSecond: 198, address: '127.0.1.1' };
const toRecovery = { ...toPrimary, address: '127.0.2.1' };
const lab = (promoted: boolean): NonNullable<WatchedProgress['lab']> => ({
  regions: {
    primary: { name: primary.region, address: '127.0.1.1', writableSince: () => 0 },
    recovery: {
      name: recovery.region,
      address: '127.0.2.1',
      writableSince: () => (promoted ? lostAt + 700 : undefined),
    },
  },
});

describe('the Regions of the live view', () => {
  const states = (progress: WatchedProgress) =>
    liveStateOf(progress, 0, now).regions.map(({ name, state, writesPerSecond }) => [name, state, writesPerSecond]);

  it.each<[string, WatchedProgress, readonly unknown[]]>([
    ['are not shown before there is a lab', { phase: 'building', client: toPrimary }, []],
    [
      'are one that serves and one that stands by',
      { phase: 'calm', lab: lab(false), client: toPrimary },
      [
        ['eu-west-1', 'serving', 198],
        ['eu-central-1', 'standby', 0],
      ],
    ],
    [
      'serve nobody before the first answer of the DNS server',
      { phase: 'calm', lab: lab(false), client: { acknowledged: 0, failed: 0, perSecond: 0 } },
      [
        ['eu-west-1', 'serving', 0],
        ['eu-central-1', 'standby', 0],
      ],
    ],
    [
      'are one that is lost and one that is being promoted',
      { phase: 'struck', lab: lab(false), lostAt, client: { ...toPrimary, perSecond: 3 } },
      [
        ['eu-west-1', 'lost', 3],
        ['eu-central-1', 'promoting', 0],
      ],
    ],
    [
      'are still that after the promotion, as long as no order was acknowledged',
      { phase: 'struck', lab: lab(true), lostAt, client: toRecovery },
      [
        ['eu-west-1', 'lost', 0],
        ['eu-central-1', 'promoting', 198],
      ],
    ],
    [
      'are one that is lost and one that serves again',
      { phase: 'watching', lab: lab(true), lostAt, servedAgainAt: lostAt + 1100, client: toRecovery },
      [
        ['eu-west-1', 'lost', 0],
        ['eu-central-1', 'serving', 198],
      ],
    ],
  ])('%s', (_title, progress, expected) => {
    expect(states(progress)).toEqual(expected);
  });
});

describe('the RTO clock', () => {
  const clock = (progress: Partial<WatchedProgress>) =>
    liveStateOf({ phase: 'struck', ...progress }, 0, now).rtoClockMs;

  it.each<[string, Partial<WatchedProgress>, number | undefined]>([
    ['is not shown before the loss', {}, undefined],
    ['runs from the loss', { lostAt }, 2500],
    ['stands still at the first acknowledged write', { lostAt, servedAgainAt: lostAt + 1100 }, 1100],
  ])('%s', (_title, progress, expected) => {
    expect(clock(progress)).toBe(expected);
  });
});

it('the step is that of the run, and before there is a run the phase of the game day', () => {
  expect(liveStateOf({ phase: 'calm' }, 0, now).step).toBe('calm');
  expect(liveStateOf({ phase: 'struck', step: 'promote' }, 0, now).step).toBe('promote');
});

it('the rate is the client’s, and nothing before there is one', () => {
  expect(liveStateOf({ phase: 'building' }, 77, now)).toMatchObject({ ordersPerSecond: 0, elapsedMs: 77 });
  expect(liveStateOf({ phase: 'calm', client: toPrimary }, 0, now).ordersPerSecond).toBe(198);
});
