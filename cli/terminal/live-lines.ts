import type { Paint } from '../../shared/report/paint.ts';
import { count, plainLine, stepTitle } from '../../shared/report/words.ts';
import type { LiveRegion, LiveState } from './live-state.ts';

/** A piece of a line and how to paint it, kept apart so that a line is cut to the terminal by what is visible. */
type Piece = readonly [text: string, brush?: (text: string) => string];

const barColumns = 24;

/** One line per Region between a head and a foot, each shorter than `columns`, so that no terminal wraps it. */
export function liveLines(state: LiveState, paint: Paint, columns: number): readonly string[] {
  const mostWrites = Math.max(1, ...state.regions.map(({ writesPerSecond }) => writesPerSecond));
  const nameColumns = Math.max(...state.regions.map(({ name }) => plainLine(name).length), 0);
  const lines: readonly (readonly Piece[])[] = [
    [[clock(state.elapsedMs), paint.bold], [`  ${count(Math.round(state.ordersPerSecond))} orders/s`]],
    ...state.regions.map((region) => regionPieces(region, { paint, mostWrites, nameColumns })),
    [
      ['Step ', paint.dim],
      [state.step === undefined ? '–' : plainLine(stepTitle(state.step)), paint.bold],
    ],
    [
      ['RTO  ', paint.dim],
      [state.rtoClockMs === undefined ? '–' : seconds(state.rtoClockMs), paint.bold],
    ],
  ];
  return lines.map((pieces) => cutTo(pieces, columns - 1));
}

interface RegionStyle {
  readonly paint: Paint;
  readonly mostWrites: number;
  readonly nameColumns: number;
}

function regionPieces(region: LiveRegion, { paint, mostWrites, nameColumns }: RegionStyle): readonly Piece[] {
  const { name, role, state, writesPerSecond } = region;
  const signs = { serving: '●', standby: '○', promoting: '◐', lost: '✗' } as const;
  const brushes = { serving: paint.accent, standby: paint.dim, promoting: paint.doubtful, lost: paint.bad } as const;
  const rate = `${count(Math.round(writesPerSecond))} writes/s`;
  const bar = '▇'.repeat(Math.round((writesPerSecond / mostWrites) * barColumns));
  return [
    [`${signs[state]} `, brushes[state]],
    [`${plainLine(name).padEnd(nameColumns)}  `],
    [`${role.padEnd(8)}  `, paint.dim],
    [state.padEnd(9), brushes[state]],
    [`${rate.padStart(16)}  `],
    [bar, role === 'recovery' ? paint.accent : paint.dim],
  ];
}

function cutTo(pieces: readonly Piece[], columns: number): string {
  let room = Math.max(columns, 0);
  const shown = pieces.map(([text, brush]) => {
    const visible = [...text].slice(0, room).join('');
    room -= [...visible].length;
    return brush === undefined || visible === '' ? visible : brush(visible);
  });
  return shown.join('').trimEnd();
}

/** One line that says it all, for a log file. */
export function plainStatus(state: LiveState): string {
  const regions = state.regions.map(
    ({ name, state: is, writesPerSecond }) => `${name} ${is} ${count(Math.round(writesPerSecond))} writes/s`,
  );
  const step = state.step === undefined ? [] : [`step ${stepTitle(state.step)}`];
  const rto = state.rtoClockMs === undefined ? [] : [`RTO ${seconds(state.rtoClockMs)}`];
  return plainLine([clock(state.elapsedMs), ...regions, ...step, ...rto].join(' · '));
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** `02:05.3` */
function clock(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(tenths / 600))}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
}
