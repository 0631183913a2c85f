import type { GameDayReport } from './game-day-report.ts';
import { page } from './html/page.ts';

/** The report as one self-contained page: no script, no request to anywhere, readable in light, dark and print. */
export const renderHtml = (report: GameDayReport): string => page(report).markup;
