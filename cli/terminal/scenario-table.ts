import { type GameDayReport, shortfalls } from '../../shared/report/game-day-report.ts';
import type { Paint } from '../../shared/report/paint.ts';
import { plainLine } from '../../shared/report/words.ts';

/** One scenario of several: name, verdict, seconds – and below it, what stands against it. */
export function scenarioLine(
  report: GameDayReport,
  { paint, seconds }: { readonly paint: Paint; readonly seconds: number },
): string {
  const verdict = report.verdict === 'passed' ? paint.good('✓ passed') : paint.bad('✗ failed');
  const against = shortfalls(report).map((sentence) => `    ${plainLine(sentence)}\n`);
  return `${report.scenario.padEnd(26)}${verdict}${secondsText(seconds)}\n${against.join('')}`;
}

export function totalLine(reports: readonly GameDayReport[], seconds: number): string {
  const passed = reports.filter(({ verdict }) => verdict === 'passed').length;
  return `${`${passed} of ${reports.length} passed`.padEnd(34)}${secondsText(seconds)}\n`;
}

const secondsText = (seconds: number): string => `${seconds.toFixed(1).padStart(8)} s`;
