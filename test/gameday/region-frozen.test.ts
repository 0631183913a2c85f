import { beforeAll, describe, expect, test } from 'vitest';
import { runGameDay } from '../../lab/gameday/game-day.ts';
import { regionFrozen } from '../../lab/gameday/scenarios/region-frozen.ts';
import type { GameDayReport } from '../../shared/report/game-day-report.ts';

/** Nothing is killed: the old writer wakes after the failover, with all its connections, and wants to go on. */
describe('a Region freezes, and wakes when the other one has taken over', () => {
  let report: GameDayReport;

  beforeAll(async () => {
    report = await runGameDay({
      scenario: regionFrozen,
      ordersPerSecond: 100,
      ttlSeconds: 1,
      log: () => undefined,
      onProgress: () => undefined,
    });
  }, 90_000);

  const verdictOf = (title: string) => report.checks.find((check) => check.title === title)?.verdict;

  test('and the woken one takes not a single write', () => {
    expect(verdictOf('the woken Region refuses for want of a lease')).toBe('passed');
    expect(verdictOf('the woken Region takes an order')).toBe('passed');
    expect(verdictOf('a client hears from the woken Region')).toBe('passed');
    expect(report.measured.writersOverlapMs).toBe(0);
  });

  test('because its lease was outwaited before the promotion', () => {
    expect(verdictOf('The write lease was outwaited')).toBe('passed');
    expect(report.run).toMatchObject({ from: 'eu-west-1', to: 'eu-central-1', trigger: 'alarm' });
    expect(report.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  });
});
