import type { Check } from '../../shared/report/game-day-report.ts';

/** A checker that could not decide says `unknown`, which is not `passed`. */
export interface Finding {
  readonly verdict: Check['verdict'];
  readonly why: string;
}

export const passed = (why: string): Finding => ({ verdict: 'passed', why });
export const failed = (why: string): Finding => ({ verdict: 'failed', why });
export const unknown = (why: string): Finding => ({ verdict: 'unknown', why });
