import type { GameDayReport } from '../game-day-report.ts';
import { homeSpans } from '../timeline.ts';

/** The report as if the planned run were all there was: its opening in the place of the fault. Undefined without one. */
export function homeView(report: GameDayReport): GameDayReport | undefined {
  const [first] = homeSpans(report);
  if (report.home === undefined || first === undefined) return undefined;
  const { epoch } = report.home;
  return {
    ...report,
    run: report.home,
    lostAt: first.startedAt,
    timeline: report.timeline.filter((line) => line.step === 'lab' || line.epoch === epoch),
    measured: { ...report.measured, rtoSeconds: null, dnsCacheShareSeconds: null },
  };
}
