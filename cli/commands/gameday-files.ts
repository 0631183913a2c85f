import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { GameDayReport } from '../../shared/report/game-day-report.ts';
import { renderHtml } from '../../shared/report/render-html.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** Where a game day leaves its results; absolute paths. */
export interface GameDayFiles {
  readonly html: string;
  readonly json: string;
}

export interface FilesWanted {
  readonly scenario: string;
  /** `--report`, a directory. */
  readonly report: string;
  /** `--json`, a file; beside the page unless given. */
  readonly json: string | undefined;
}

/**
 * Makes the directories before the game day begins: to learn at its end that nothing can be saved would be too late.
 * @throws UsageError naming the option whose file cannot be written
 */
export async function prepareFiles({ json, report, scenario }: FilesWanted): Promise<GameDayFiles> {
  const name = resolve(join(report, `gameday-${scenario}`));
  const files = { html: `${name}.html`, json: json === undefined ? `${name}.json` : resolve(json) };
  await ensureWritable('--report', files.html);
  await ensureWritable(json === undefined ? '--report' : '--json', files.json);
  return files;
}

export async function saveReport(report: GameDayReport, { html, json }: GameDayFiles): Promise<void> {
  await writeFile(html, renderHtml(report));
  await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}

async function ensureWritable(option: string, file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await access((await isThere(file)) ? file : dirname(file), constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${option}: ${file} cannot be written: ${why}; choose another place with ${option}`);
  }
}

async function isThere(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new Error('it is a directory');
  return found !== undefined;
}
