import { beforeAll, describe, expect, test } from 'vitest';
import { runGameDay } from '../../lab/gameday/game-day.ts';
import { thereAndBack } from '../../lab/gameday/scenarios/there-and-back.ts';
import { GameDayReport } from '../../shared/report/game-day-report.ts';
import { renderHtml } from '../../shared/report/render-html.ts';

/** How fast it is, `npm run gameday` measures, on a machine that does nothing else. */
const byTheClock = /within|serves|stand still/;

describe('a Region is lost, comes back, and the application goes home', () => {
  let report: GameDayReport;
  beforeAll(async () => {
    report = await runGameDay({
      scenario: thereAndBack,
      ordersPerSecond: 100,
      ttlSeconds: 1,
      log: () => undefined,
      onProgress: () => undefined,
    });
  }, 120_000);

  test('every invariant holds over both moves, and all that was demanded was seen', () => {
    const broken = report.checks.filter(({ title, verdict }) => verdict !== 'passed' && !byTheClock.test(title));
    expect(broken).toEqual([]);
  });

  test('the way home loses no write, and what the failover lost is kept with the old primary', () => {
    const { failbackAcknowledgedWritesLost, orphanedWrites, orphanedWritesKept, writersOverlapMs } = report.measured;
    expect({ failbackAcknowledgedWritesLost, writersOverlapMs }).toEqual({
      failbackAcknowledgedWritesLost: 0,
      writersOverlapMs: 0,
    });
    expect(orphanedWritesKept).toBe(orphanedWrites);
  });

  test('the report tells of both runs, one in each direction, and shows the second on its own', () => {
    expect(GameDayReport.parse(report)).toMatchObject({
      run: { from: 'eu-west-1', to: 'eu-central-1' },
      home: { from: 'eu-central-1', to: 'eu-west-1' },
    });
    expect(report.measured.failbackWriteGapSeconds).toBeGreaterThan(0);
    expect(renderHtml(report)).toContain('The way home');
  });
});
