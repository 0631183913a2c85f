import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareFiles, saveReport } from '../../../cli/commands/gameday-files.ts';
import { UsageError } from '../../../cli/terminal/exit-codes.ts';
import { GameDayReport } from '../../../shared/report/game-day-report.ts';
import { sample } from '../report/sample.ts';

let directory = '';
const at = (...path: readonly string[]) => join(directory, ...path);
const prepare = (json: string | undefined, report = at('reports')) =>
  prepareFiles({ scenario: 'region-lost', report, json });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gameday-files-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the files of a game day', () => {
  it('are named after the scenario, side by side, in a directory that is made', async () => {
    expect(await prepare(undefined, at('a', 'b'))).toEqual({
      html: at('a', 'b', 'gameday-region-lost.html'),
      json: at('a', 'b', 'gameday-region-lost.json'),
    });
    expect(existsSync(at('a', 'b'))).toBe(true);
  });

  it('are made neither new nor empty before there is a report', async () => {
    writeFileSync(at('old.json'), 'old');
    const { html, json } = await prepare(at('old.json'));
    expect([existsSync(html), readFileSync(json, 'utf8')]).toEqual([false, 'old']);
  });

  it('hold the report as JSON and as a page', async () => {
    const files = await prepare(at('elsewhere', 'measured.json'));
    await saveReport(sample, files);
    expect(GameDayReport.parse(JSON.parse(readFileSync(at('elsewhere', 'measured.json'), 'utf8')))).toEqual(sample);
    expect(readFileSync(files.html, 'utf8')).toMatch(/^<!doctype html>/);
  });
});

describe('a place that cannot be written is refused by the name of its option', () => {
  beforeEach(() => {
    writeFileSync(at('file'), '');
    mkdirSync(at('taken', 'gameday-region-lost.html'), { recursive: true });
  });

  it.each<[option: string, title: string, json: string | undefined, report: string]>([
    ['--json', 'below a file', 'file/measured.json', 'reports'],
    ['--json', 'that is a directory', 'taken', 'reports'],
    ['--report', 'below a file', undefined, 'file/reports'],
    ['--report', 'that is a file', 'measured.json', 'file'],
    ['--report', 'whose page is a directory', undefined, 'taken'],
  ])('%s %s', async (option, _title, json, report) => {
    const refused = prepare(json === undefined ? undefined : at(json), at(report));
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(new RegExp(`^${option}: .* cannot be written: .*choose another place`));
  });
});
