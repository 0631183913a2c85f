import { type Check, type GameDayReport, headline, shortfalls, type TimelineLine } from './game-day-report.ts';
import type { Paint } from './paint.ts';
import { homeBars, stepBars } from './text/steps.ts';
import { hanging, shorten, wrap } from './text/wrap.ts';
import { count, duration, instantOf, milliseconds, plainLine, plural, relativeTime, stepTitle } from './words.ts';

const columns = 100;
/** Beyond this the terminal is the wrong place: the page and the JSON have all of it. */
const deedsMax = 30;
/** What a person wants to know was done; looks and waits are on the page. */
const deeds: readonly string[] = ['run-opened', 'acted', 'rejected', 'undone', 'refused', 'failed', 'run-closed'];

export interface RenderTextOptions {
  readonly paint: Paint;
  /** Where the whole report was written. */
  readonly files: { readonly html: string; readonly json: string };
}

/** The report as a person reads it in a terminal: lines of at most 100 columns, the last one ended. */
export function renderText(report: GameDayReport, { paint, files }: RenderTextOptions): string {
  const origin = report.lostAt === null ? 'the start of the game day' : 'the fault';
  const sections = [
    resultLines(report, paint),
    objectiveLines(report, paint),
    [paint.bold(plainLine(`Steps, counted from ${origin}`)), ...stepBars(report, paint)],
    ...(report.home === undefined ? [] : [[paint.bold('Steps of the way home'), ...homeBars(report, paint)]]),
    [paint.bold('Checks'), ...report.checks.flatMap((check) => checkLines(check, paint))],
    [paint.bold('What was done, and why'), ...deedLines(report, paint)],
    // A path is never broken: it is there to be copied.
    [`${paint.dim('Report ')} ${plainLine(files.html)}`, `${paint.dim('Data   ')} ${plainLine(files.json)}`],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function resultLines(report: GameDayReport, paint: Paint): readonly string[] {
  const verdict = report.verdict === 'passed' ? paint.bold(paint.good('✓ PASSED')) : paint.bold(paint.bad('✗ FAILED'));
  const name = shorten(plainLine(`${report.application} · ${report.scenario}`), columns - 11);
  return [
    `${verdict}  ${paint.dim(name)}`,
    paint.bold(headline(report).join(' ')),
    ...hanging('', plainLine(report.notDue ?? ''), columns).filter((line) => line !== ''),
    ...shortfalls(report).flatMap((sentence) => hanging('  · ', plainLine(sentence), columns).map(paint.bad)),
  ];
}

function objectiveLines({ objectives, measured, notDue }: GameDayReport, paint: Paint): readonly string[] {
  const objective = (name: string, seconds: number | null, objectiveSeconds: number): string => {
    const mark = seconds !== null && seconds <= objectiveSeconds ? paint.good('✓ met') : paint.bad('✗ not met');
    const value = paint.bold(duration(seconds).padEnd(14));
    if (notDue !== null) return `  ${name.padEnd(22)} not applicable: no failover was due`;
    return `  ${name.padEnd(22)} ${value} objective ${duration(objectiveSeconds).padEnd(12)} ${mark}`;
  };
  const figure = (name: string, value: string): string => `  ${paint.dim(name.padEnd(22))} ${value}`;
  const accepted = measured.acceptedLossSeconds;
  const cache = `${duration(measured.dnsCacheShareSeconds).padEnd(14)} at a TTL of ${duration(measured.ttlSeconds)}`;
  return [
    objective('RTO', measured.rtoSeconds, objectives.rtoSeconds),
    objective('RPO', measured.rpoSeconds, objectives.rpoSeconds),
    ...(accepted === undefined
      ? []
      : [figure('Loss accepted', `${accepted === 'unknown' ? 'whatever it is' : duration(accepted)}, by a person`)]),
    ...(notDue === null ? [figure('RTO in DNS caches', cache)] : []),
    figure('Writes acknowledged', count(measured.acknowledgedWrites)),
    figure('Of these lost', count(measured.acknowledgedWritesLost)),
    figure('Two writers at once', milliseconds(measured.writersOverlapMs)),
    ...(measured.failbackWriteGapSeconds === undefined
      ? []
      : homeFigures(measured).map(([name, value]) => figure(name, value))),
  ];
}

const homeFigures = (measured: GameDayReport['measured']): readonly (readonly [string, string])[] => [
  ['Write gap going home', duration(measured.failbackWriteGapSeconds ?? null)],
  ['Lost going home', count(measured.failbackAcknowledgedWritesLost ?? null)],
  [
    'Orphaned writes',
    `${count(measured.orphanedWrites ?? null)}, ${count(measured.orphanedWritesKept ?? null)} of them kept with the old primary`,
  ],
];

function checkLines({ id, title, verdict, why }: Check, paint: Paint): readonly string[] {
  const marks = { passed: paint.good('✓'), failed: paint.bad('✗'), unknown: paint.doubtful('?') };
  const name = shorten(plainLine(id), 8).padEnd(4);
  const lines = wrap(plainLine(title), columns - 6 - name.length);
  const indent = ' '.repeat(5 + name.length);
  const [first = '', ...rest] = lines;
  return [
    `  ${marks[verdict]} ${name} ${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...hanging(indent, plainLine(why), columns).map(paint.dim),
  ];
}

function deedLines({ timeline, lostAt, startedAt }: GameDayReport, paint: Paint): readonly string[] {
  const told = timeline.filter(({ step, event }) => step === 'lab' || deeds.includes(event));
  const shown = told.slice(0, deedsMax).flatMap((line) => deedText(line, lostAt ?? startedAt));
  if (shown.length === 0) return ['  Nothing was done.'];
  const hidden = told.length - deedsMax;
  return hidden > 0 ? [...shown, paint.dim(`  … and ${plural(hidden, 'line')} more in the report`)] : shown;
}

function deedText({ at, step, event, why, resource }: TimelineLine, originAt: number): readonly string[] {
  const head = `${relativeTime(instantOf(at) - originAt).padStart(12)}  ${stepWord(step)} `;
  const subject = resource === undefined ? '' : `${resource}: `;
  // What took effect is told by its reason alone; what did not must not read as if it had.
  const doubt = ['rejected', 'undone', 'refused', 'failed'].includes(event) ? `${event}: ` : '';
  return hanging(head, plainLine(`${subject}${doubt}${why}`), columns);
}

const stepWord = (step: string): string => shorten(plainLine(stepTitle(step)), 9).padEnd(9);
