import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scenarios } from '../../lab/gameday/scenarios/registry.ts';
import { GameDayReport, shortfalls } from '../../shared/report/game-day-report.ts';
import { endCommandLines, understudy, workplacesOf } from '../support/command-line.ts';

const escapeCode = '\u001b';
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'command-line-'));
});
afterEach(async () => {
  await endCommandLines();
  rmSync(directory, { recursive: true });
});

describe('what the command line tells', () => {
  test.each([
    ['its commands', ['--help'], ['gameday', 'usage: understudy <command>']],
    [
      'the options of a game day',
      ['gameday', '--help'],
      [
        '--scenario',
        '--rate',
        '--ttl',
        '--calm',
        '--aws-port',
        '--bundles',
        '--traffic',
        '--json',
        '--report',
        '--list',
      ],
    ],
    ['the scenarios', ['gameday', '--list'], scenarios.flatMap(({ name, story }) => [name, story])],
  ] as const)('%s on standard output, and exits with 0', async (_title, args, told) => {
    const { code, stderr, stdout } = await understudy(args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(told.filter((text) => !stdout.includes(text))).toEqual([]);
    expect(stdout).not.toContain(escapeCode);
  });
});

describe('wrong usage exits with 2, says how to do it right, and starts nothing', () => {
  const names = scenarios.map(({ name }) => name);

  test.each<[title: string, args: readonly string[], said: readonly string[]]>([
    ['no command', [], ['no command was given', 'gameday']],
    ['an unknown command', ['gamedy'], ['gamedy', 'gameday']],
    ['a name that every object has', ['constructor'], ['constructor', 'gameday']],
    ['an unknown scenario', ['gameday', '--scenario', 'meteor'], ['meteor', 'all', ...names]],
    ['one file for all', ['gameday', '--scenario', 'all', '--json', 'x.json'], ['--json', 'one file']],
    ['an unknown option', ['gameday', '--rat', '5'], ['--rat', '--rate N', '--scenario NAME']],
    ['an option without its value', ['gameday', '--scenario'], ['--scenario', '--scenario NAME']],
    ['a word too many', ['gameday', 'region-lost'], ['region-lost', '--scenario NAME']],
    ['a rate of nothing', ['gameday', '--rate', '0'], ['--rate', '1 to 2000', '0']],
    ['a rate beyond the limit', ['gameday', '--rate', '2001'], ['--rate', '1 to 2000', '2001']],
    [
      'bundles where orchestrators run',
      ['gameday', '--bundles', '--scenario', 'orchestrator-dies'],
      ['orchestrator-dies'],
    ],
    ['a port that needs privileges', ['gameday', '--aws-port', '80'], ['--aws-port', '1024 to 65535', '80']],
    ['a calm beyond an hour', ['gameday', '--calm', '3601'], ['--calm', '0 to 3600', '3601']],
    ['a rate that is no whole number', ['gameday', '--rate', '1.5'], ['--rate', '1.5']],
    ['an empty rate', ['gameday', '--rate', ''], ['--rate', '1 to 2000']],
    [
      'a way to move traffic that there is not',
      ['gameday', '--traffic', 'pigeon'],
      ['record, health-check, routing-control', 'pigeon'],
    ],
    ['a time to live that is no number', ['gameday', '--ttl', 'x'], ['--ttl', '0 to 60', 'x']],
    ['a time to live beyond the limit', ['gameday', '--ttl', '61'], ['--ttl', '0 to 60', '61']],
  ])('%s', async (_title, args, said) => {
    const { ended, pid } = understudy(args, {});
    const { code, stderr, stdout } = await ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(said.filter((text) => !stderr.includes(text))).toEqual([]);
    expect(stderr).toMatch(/^understudy: /);
    expect(stderr).not.toMatch(/\n {4}at |Game day/);
    expect(stderr).not.toContain(escapeCode);
    expect(workplacesOf(pid)).toEqual([]);
  });

  test.each(['--json', '--report'])(
    'a place for %s that cannot be written, before the game day begins',
    async (option) => {
      const file = join(directory, 'file');
      writeFileSync(file, '');
      const { code, stderr } = await understudy(['gameday', option, join(file, 'below')]).ended;
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(`^understudy: ${option}: .*cannot be written`));
      expect(stderr).not.toContain('Game day');
    },
  );

  test('a plan with mistakes lists each with its path and a remedy, and the lab that was being built ends', async () => {
    const copy = copyOfTheProject();
    const planFile = join(copy, 'plans', 'lab.plan.yml');
    const plan = readFileSync(planFile, 'utf8');
    writeFileSync(planFile, plan.replace('quorum: 2', 'quorum: 7').replace('kind: ecs-service', 'kind: ecs-servant'));
    const { ended, pid } = understudy(['gameday', '--report', directory], { cwd: copy });
    const { code, stderr } = await ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/plans\/lab\.plan\.yml has 3 problems:/);
    expect(stderr).toMatch(/detection\.quorum: .*\n +→ /);
    expect(stderr).toMatch(/resources\[2\].kind: there is no kind ecs-servant\n +→ use one of .*ecs-service/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(workplacesOf(pid)).toEqual([]);
  });
});

/** With a synchronous standby: what the other game day of these tests leaves out. */
test('a game day from the command line loses nothing with a synchronous standby, and leaves its two files', async () => {
  const json = join(directory, 'deep', 'measured.json');
  const report = join(directory, 'reports');
  const args = ['gameday', '--scenario', 'region-lost-synchronous', '--rate', '50', '--ttl', '0'];
  const { ended, pid } = understudy([...args, '--json', json, '--report', report]);
  const { code, stderr, stdout } = await ended;
  expect(`${stdout}${stderr}`).not.toContain(escapeCode);
  const written = GameDayReport.parse(JSON.parse(readFileSync(json, 'utf8')));
  expect(written).toMatchObject({
    scenario: 'region-lost-synchronous',
    measured: { acknowledgedWritesLost: 0, rpoSeconds: 0, writersOverlapMs: 0, ttlSeconds: 0 },
  });
  expect(written.measured.acknowledgedWrites).toBeGreaterThan(50);
  expect(withinRto(written, 15)).toEqual([]);
  expect(code).toBe(written.verdict === 'passed' ? 0 : 1);
  expect(stdout).toContain(json);
  expect(readdirSync(report)).toEqual(['gameday-region-lost-synchronous.html']);
  expect(stderr).toMatch(/Game day region-lost-synchronous[\s\S]*eu-west-1 serving[\s\S]*eu-central-1 serving/);
  expect(workplacesOf(pid)).toEqual([]);
});

/** The strict objective is judged by `npm run gameday`; a machine that runs other tests too may be slower. */
const withinRto = (report: GameDayReport, rtoSeconds: number): readonly string[] =>
  shortfalls({ ...report, objectives: { ...report.objectives, rtoSeconds } });

function copyOfTheProject(): string {
  const project = fileURLToPath(new URL('../..', import.meta.url));
  const copy = join(directory, 'copy');
  const parts = ['cli', 'deploy', 'functions', 'lab', 'plans', 'shared', 'statemachines', 'package.json'];
  for (const part of parts) cpSync(join(project, part), join(copy, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  expect(existsSync(join(copy, 'cli', 'main.ts'))).toBe(true);
  return copy;
}
