import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { DayResult } from '../../lab/simulator/simulate.ts';
import type { Command } from '../command.ts';
import { type ExitCode, exitCodes, UsageError } from '../terminal/exit-codes.ts';

const help = `usage: npm run simulate -- [options]

Lives through days in modelled time: the deployed handlers and state machine over a simulated AWS, with
faults, and judges each day by its history and journals alone (docs/simulator.md). One seed, one history.

  --runs N          how many days; default 200
  --seed S          the first seed, the others follow it; default 1
  --scenario NAME   what kind of day; default swarm
  --workers W       threads, 1 to 64; default 1
  --json FILE       where the report goes as JSON
  --list            the scenarios, and what each is about
  --replay SEED     one day only, with what its checkers found
  --trace           with --replay: the day as a timeline
  --faults LIST     with --replay: only these happenings and call faults, separated by commas
  --shrink          with --replay: leave away as many faults as possible, and say which are left
  --help            this text

Exit codes: 0 every day passed, 1 one failed, 2 wrong usage, 130 interrupted.
`;

export const simulate: Command = {
  summary: 'live through days of faults in modelled time, and judge each by its history',
  async run(args) {
    const options = parse(args);
    if (options.help) return print(help, exitCodes.met);
    const { scenarios } = await import('../../lab/simulator/scenarios/registry.ts');
    if (options.list) {
      const lines = scenarios.map(
        ({ name, situation = '', story }) => `${name.padEnd(26)}${situation.padEnd(5)}${story}\n`,
      );
      return print(lines.join(''), exitCodes.met);
    }
    if (!scenarios.some(({ name }) => name === options.scenario)) {
      throw new UsageError(`there is no scenario ${options.scenario}; --list tells all`);
    }
    return options.replay === undefined ? many(options) : one(options, options.replay);
  },
};

type Options = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  const { values } = parsed(args);
  const whole = (option: string, text: string, [min, max]: readonly [number, number]): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`${option} takes a whole number from ${min} to ${max}, not ${text}`);
  };
  const seeds = [0, Number.MAX_SAFE_INTEGER] as const;
  const { faults, help: wantsHelp, json, list, replay, scenario, shrink, trace } = values;
  if (replay === undefined && (trace || shrink || faults !== undefined)) {
    throw new UsageError('--trace, --faults and --shrink go with --replay');
  }
  return {
    runs: whole('--runs', values.runs, [1, 1_000_000]),
    seed: whole('--seed', values.seed, seeds),
    workers: whole('--workers', values.workers, [1, 64]),
    scenario,
    json,
    list,
    trace,
    shrink,
    help: wantsHelp,
    replay: replay === undefined ? undefined : whole('--replay', replay, seeds),
    only: faults === undefined ? undefined : faults.split(',').filter((id) => id !== ''),
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        runs: { ...text, default: '200' },
        seed: { ...text, default: '1' },
        scenario: { ...text, default: 'swarm' },
        workers: { ...text, default: '1' },
        json: text,
        replay: text,
        faults: text,
        list: flag,
        trace: flag,
        shrink: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

async function many({ json, runs, scenario, seed, workers }: Options): Promise<ExitCode> {
  const [{ simulateMany }, { renderReport, reportOf }] = await Promise.all([
    import('../../lab/simulator/workers.ts'),
    import('../../lab/simulator/report.ts'),
  ]);
  const interrupted = new AbortController();
  const onInterrupt = (): void => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  const startedAt = performance.now();
  const results: DayResult[] = [];
  const progress = progressOf(runs, startedAt);
  const onResult = (result: DayResult): void => {
    results.push(result);
    progress(results);
  };
  try {
    await simulateMany({ scenario, runs, seed, workers, onResult, signal: interrupted.signal });
  } finally {
    process.off('SIGINT', onInterrupt);
  }
  const report = reportOf(results, { scenario, seed, realSeconds: (performance.now() - startedAt) / 1000 });
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  print(renderReport(report), exitCodes.met);
  if (interrupted.signal.aborted) return exitCodes.interrupted;
  return report.failedDays === 0 ? exitCodes.met : exitCodes.notMet;
}

const tellEveryMs = 2000;

/** One line now and then, on the error output: the report alone goes to the standard output. */
function progressOf(runs: number, startedAt: number): (results: readonly DayResult[]) => void {
  let toldAt = startedAt;
  return (results) => {
    const now = performance.now();
    if (now - toldAt < tellEveryMs) return;
    toldAt = now;
    const failed = results.filter((result) => result.failed.length > 0).length;
    const perSecond = (results.length / ((now - startedAt) / 1000)).toFixed(1);
    process.stderr.write(`${results.length} of ${runs} days, ${failed} failed, ${perSecond} days/s\n`);
  };
}

async function one({ only, scenario: name, shrink: wantsShrink, trace }: Options, seed: number): Promise<ExitCode> {
  const { scenarioNamed } = await import('../../lab/simulator/scenarios/registry.ts');
  const { simulate: live } = await import('../../lab/simulator/simulate.ts');
  const wanted = { scenario: scenarioNamed(name), seed, only };
  const { checks, history } = await live(wanted);
  const { renderTrace, renderVerdicts } = await import('../../lab/simulator/trace.ts');
  print(trace ? renderTrace(history, checks) : renderVerdicts(checks), exitCodes.met);
  const failed = checks.find(({ verdict }) => verdict === 'failed');
  if (failed === undefined) return exitCodes.met;
  if (wantsShrink) {
    const { shrink } = await import('../../lab/simulator/shrink.ts');
    const { replayCommand } = await import('../../lab/simulator/report.ts');
    const { attempts, only: left } = await shrink(wanted, failed.id, (faults, attempt) =>
      process.stderr.write(`attempt ${attempt}: ${failed.id} fails with ${faults} faults\n`),
    );
    const what = left.length === 0 ? 'no fault at all' : left.join(', ');
    print(
      `\n${failed.id} still fails with ${what} (${attempts} attempts)\n${replayCommand(name, seed, left)}\n`,
      exitCodes.met,
    );
  }
  return exitCodes.notMet;
}

function print(text: string, exitCode: ExitCode): ExitCode {
  process.stdout.write(text);
  return exitCode;
}
