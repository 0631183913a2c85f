import type { Paint } from '../../shared/report/paint.ts';
import { plainLine } from '../../shared/report/words.ts';

/** One scenario of several. `broken`: the lab itself failed, so nothing was judged. */
export interface Played {
  readonly scenario: string;
  readonly verdict: 'passed' | 'failed' | 'broken';
  /** What stands against it, in sentences. */
  readonly against: readonly string[];
}

/** Name, verdict, seconds – and below them, what stands against it. */
export function scenarioLine(
  { against, scenario, verdict }: Played,
  { paint, seconds }: { readonly paint: Paint; readonly seconds: number },
): string {
  const told = verdict === 'passed' ? paint.good('✓ passed') : paint.bad(`✗ ${verdict}`);
  const listed = against.map((sentence) => `    ${plainLine(sentence)}\n`);
  return `${scenario.padEnd(28)}${told}${secondsText(seconds)}\n${listed.join('')}`;
}

export function totalLine(verdicts: readonly Played['verdict'][], seconds: number): string {
  const passed = verdicts.filter((verdict) => verdict === 'passed').length;
  return `${`${passed} of ${verdicts.length} passed`.padEnd(36)}${secondsText(seconds)}\n`;
}

const secondsText = (seconds: number): string => `${seconds.toFixed(1).padStart(8)} s`;
