import picocolors from 'picocolors';
import type { Paint } from '../../shared/report/paint.ts';

export interface PaintOptions {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours for people only: a terminal, unless `NO_COLOR` forbids them; `FORCE_COLOR` asks for them in a pipe. */
export function paintFor(options: PaintOptions): Paint {
  const colors = picocolors.createColors(wantsColour(options));
  return {
    bold: colors.bold,
    dim: colors.dim,
    good: colors.green,
    bad: colors.red,
    doubtful: colors.yellow,
    accent: colors.cyan,
  };
}

/** See https://no-color.org and https://force-color.org: a variable counts when it is set and not empty. */
function wantsColour({ isTTY, env }: PaintOptions): boolean {
  const { NO_COLOR: forbidden = '', FORCE_COLOR: forced = '', TERM: terminal } = env;
  if (forbidden !== '') return false;
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTTY && terminal !== 'dumb';
}
