import type { StepId } from '../domain/phase.ts';
import type { Instant } from '../domain/run.ts';

/** Step ids as a heading shows them: the same word as everywhere else, made readable. */
const stepTitles: Readonly<Record<StepId, string>> = {
  detect: 'Detect',
  survey: 'Survey',
  approve: 'Approve',
  rest: 'Rest',
  reconcile: 'Reconcile',
  reverse: 'Reverse',
  freeze: 'Freeze',
  'final-sync': 'Final sync',
  compare: 'Compare',
  isolate: 'Isolate',
  promote: 'Promote',
  scale: 'Scale',
  verify: 'Verify',
  'flip-dns': 'Flip DNS',
  confirm: 'Confirm',
  notify: 'Notify',
  protect: 'Protect',
  restore: 'Restore',
  hold: 'Hold',
};

const isStepId = (step: string): step is StepId => Object.hasOwn(stepTitles, step);

/** Also for lines that no step wrote, such as those of the lab. */
export const stepTitle = (step: string): string =>
  isStepId(step) ? stepTitles[step] : step.charAt(0).toUpperCase() + step.slice(1);

export const isoOf = (at: Instant): string => new Date(at).toISOString();

export const instantOf = (iso: string): Instant => Date.parse(iso);

/** Milliseconds are the finest that the clocks behind a report can tell. */
export const roundSeconds = (ms: number): number => Math.round(ms) / 1000;

const trimmed = (value: number): string => String(Number(value.toFixed(3)));

/** `1.25 s`, `15 min`, `1 h 30 min`. What could not be measured says so. */
export function duration(seconds: number | null): string {
  if (seconds === null) return 'not measured';
  if (seconds < 60) return `${trimmed(seconds)} s`;
  const parts = [
    { value: Math.floor(seconds / 3600), unit: 'h' },
    { value: Math.floor((seconds % 3600) / 60), unit: 'min' },
    { value: Number((seconds % 60).toFixed(3)), unit: 's' },
  ];
  return parts
    .filter(({ value }) => value > 0)
    .map(({ value, unit }) => `${value} ${unit}`)
    .join(' ');
}

/** `+0.312 s` after, `−1.500 s` before. */
export const relativeTime = (ms: number): string => `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`;

export const count = (value: number | null): string =>
  value === null ? 'not measured' : value.toLocaleString('en-US');

export const milliseconds = (value: number | null): string => (value === null ? 'not measured' : `${count(value)} ms`);

/** `1 write`, `2 writes`. */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/**
 * Text of foreign origin as one harmless line: control characters could move the cursor of a terminal or break a mail
 * header, and invisible formatting could reverse what is read.
 */
export const plainLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
