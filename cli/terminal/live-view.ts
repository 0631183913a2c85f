import { noPaint, type Paint } from '../../shared/report/paint.ts';
import { plainLine } from '../../shared/report/words.ts';
import { liveLines, plainStatus } from './live-lines.ts';
import type { LiveState } from './live-state.ts';

const redrawAfterMs = 100;
const repeatAfterMs = 2000;

/** Control Sequence Introducer, ECMA-48. */
const csi = '\u001b[';
const hideCursor = `${csi}?25l`;
const showCursor = `${csi}?25h`;
const eraseLine = `${csi}K`;
const eraseBelow = `${csi}J`;
const up = (lines: number): string => `${csi}${lines}A\r`;

export interface LiveViewOptions {
  readonly isTTY: boolean;
  /** Read again at each drawing: a getter follows the terminal's width. */
  readonly columns: number;
  readonly paint?: Paint;
}

export interface LiveView {
  /** Shows the state, or keeps it for the next drawing when the last one is too recent. */
  update(state: LiveState): void;
  /** A line that stays, above the view. */
  note(line: string): void;
  /** Shows the last state and gives the cursor back. To be called however the game day ends; again does nothing. */
  close(): void;
}

/** What the view writes to, such as `process.stderr`. */
export interface Terminal {
  write(text: string): unknown;
}

/** Redrawn in place for a person at a terminal; for a log file, a line per change. */
export const liveView = (stream: Terminal, options: LiveViewOptions): LiveView =>
  options.isTTY ? drawnView(stream, options) : writtenView(stream);

function drawnView(stream: Terminal, options: LiveViewOptions): LiveView {
  let drawnLines = 0;
  let drawn: LiveState | undefined;
  let latest: LiveState | undefined;
  let closed = false;

  const draw = (notes: readonly string[]): void => {
    const lines = latest === undefined ? [] : liveLines(latest, options.paint ?? noPaint, options.columns);
    const home = drawnLines > 0 ? up(drawnLines) : hideCursor;
    const text = [...notes, ...lines].map((line) => `${line}${eraseLine}\n`).join('');
    stream.write(`${home}${text}${eraseBelow}`);
    drawnLines = lines.length;
    drawn = latest;
  };

  return {
    update(state) {
      if (closed) return;
      latest = state;
      if (drawn === undefined || state.elapsedMs - drawn.elapsedMs >= redrawAfterMs) draw([]);
    },
    note(line) {
      if (closed) stream.write(`${plainLine(line)}\n`);
      else draw([plainLine(line)]);
    },
    close() {
      if (closed) return;
      if (latest !== drawn) draw([]);
      closed = true;
      stream.write(showCursor);
    },
  };
}

function writtenView(stream: Terminal): LiveView {
  let written: LiveState | undefined;
  return {
    update(state) {
      const same = written !== undefined && stageOf(written) === stageOf(state);
      if (same && written !== undefined && state.elapsedMs - written.elapsedMs < repeatAfterMs) return;
      written = state;
      stream.write(`${plainStatus(state)}\n`);
    },
    note(line) {
      stream.write(`${plainLine(line)}\n`);
    },
    close() {},
  };
}

/** What counts as a change: rates and clocks change all the time. */
const stageOf = ({ step, regions }: LiveState): string =>
  JSON.stringify([step, ...regions.map(({ name, state }) => [name, state])]);
