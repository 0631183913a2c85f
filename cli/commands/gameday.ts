import { parseArgs } from 'node:util';
import { scenarios } from '../../lab/gameday/scenarios/registry.ts';
import type { Scenario } from '../../lab/gameday/scenarios/scenario.ts';
import { type Traffic, traffics } from '../../lab/gameday/traffics.ts';
import { PlanError } from '../../shared/plan/load.ts';
import { type GameDayReport, shortfalls } from '../../shared/report/game-day-report.ts';
import { renderText } from '../../shared/report/render-text.ts';
import type { Command } from '../command.ts';
import { type ExitCode, exitCodes, UsageError } from '../terminal/exit-codes.ts';
import { liveView } from '../terminal/live-view.ts';
import { paintFor } from '../terminal/paint.ts';
import { type Played, scenarioLine, totalLine } from '../terminal/scenario-table.ts';
import { prepareFiles, saveReport } from './gameday-files.ts';
import { liveStateOf } from './gameday-state.ts';

const help = `usage: npm run gameday -- [options]

Lets a disaster happen on this machine, and shows what becomes of the application: real PostgreSQL,
DNS and HTTP on loopback, a simulated AWS control plane, the deployed handlers and state machine.

  --scenario NAME   what happens; default ${scenarios[0].name}; all: every scenario, one after the other
  --no-failback     stop after the failover: the same as --scenario region-lost
  --list            the scenarios, and what each is about
  --rate N          orders a second, 1 to 2000; default 200
  --ttl SECONDS     time to live of the application's record, 0 to 60; default 1
  --calm SECONDS    how much longer the application runs undisturbed first, 0 to 3600; default 0
  --aws-port PORT   the simulated AWS also listens here, for AWS CLIs and SDKs:
                    aws --endpoint-url http://127.0.0.1:PORT --region eu-central-1 … (any access key)
  --bundles         the functions run as they are packaged, each in a process of its own; they do not
                    see when HTTP between Regions is cut
  --traffic KIND    how traffic is moved: ${traffics.join(', ')}; default ${traffics[0]}
  --json FILE       where the measurements go as JSON; default beside the HTML report
  --report DIR      where the HTML report goes; default reports/
  --help            this text

Exit codes: 0 objectives met and every check passed, 1 not so, 2 wrong usage, 130 interrupted.
`;

export const gameday: Command = {
  summary: 'let a disaster happen on this machine, and measure how the application comes back',
  async run(args) {
    const options = parse(args);
    if (options.help) return print(help);
    if (options.list) return print(scenarios.map(({ name, story }) => `${name.padEnd(26)}${story}\n`).join(''));
    if (options.scenario === 'all') return playAll(options);
    const { files, report } = await playAndSave(options, options.scenario);
    const paint = paintFor({ isTTY: process.stdout.isTTY === true, env: process.env });
    print(renderText(report, { paint, files }));
    return report.verdict === 'passed' ? exitCodes.met : exitCodes.notMet;
  },
};

/** The table is written line by line: what has been seen is not lost when a later scenario is interrupted. */
async function playAll(options: Options): Promise<ExitCode> {
  if (options.json !== undefined) throw new UsageError('--json names one file; --scenario all writes one per scenario');
  const paint = paintFor({ isTTY: process.stdout.isTTY === true, env: process.env });
  const verdicts: Played['verdict'][] = [];
  const startedAt = performance.now();
  for (const scenario of scenarios) {
    const scenarioAt = performance.now();
    const played = await playedOrBroken(options, scenario);
    verdicts.push(played.verdict);
    print(scenarioLine(played, { seconds: (performance.now() - scenarioAt) / 1000, paint }));
  }
  print(totalLine(verdicts, (performance.now() - startedAt) / 1000));
  return verdicts.every((verdict) => verdict === 'passed') ? exitCodes.met : exitCodes.notMet;
}

/** One lab that breaks must not hide what the others show. */
async function playedOrBroken(options: Options, scenario: Scenario): Promise<Played> {
  try {
    const { report } = await playAndSave(options, scenario);
    return { scenario: scenario.name, verdict: report.verdict, against: shortfalls(report) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { scenario: scenario.name, verdict: 'broken', against: [why] };
  }
}

async function playAndSave(options: Options, scenario: Scenario) {
  const files = await prepareFiles({ ...options, scenario: scenario.name });
  const report = await play(options, scenario);
  await saveReport(report, files);
  return { files, report };
}

interface Options {
  readonly scenario: Scenario | 'all';
  readonly ordersPerSecond: number;
  readonly ttlSeconds: number;
  readonly calmMs: number;
  readonly awsPort: number | undefined;
  readonly bundles: boolean;
  readonly traffic: Traffic;
  readonly json: string | undefined;
  readonly report: string;
  readonly list: boolean;
  readonly help: boolean;
}

/** Those that need no privilege. */
const ports = { min: 1024, max: 65_535 } as const;

function parse(args: readonly string[]): Options {
  const { values } = parsed(args);
  const scenario = chosen(values);
  if (values.bundles && scenario !== 'all' && scenario.settings.orchestrators !== undefined) {
    throw new UsageError(`--bundles: the orchestrators of ${scenario.name} run the functions from their sources`);
  }
  if (values.bundles && values.traffic === 'routing-control') {
    throw new UsageError(
      '--bundles: the endpoints of routing controls are names of AWS, which only the lab’s own process can reach',
    );
  }
  return {
    scenario,
    ordersPerSecond: wholeNumber('--rate', values.rate, { min: 1, max: 2000 }),
    ttlSeconds: wholeNumber('--ttl', values.ttl, { min: 0, max: 60 }),
    calmMs: 1000 * wholeNumber('--calm', values.calm, { min: 0, max: 3600 }),
    awsPort: values['aws-port'] === undefined ? undefined : wholeNumber('--aws-port', values['aws-port'], ports),
    bundles: values.bundles,
    traffic: trafficOf(values.traffic),
    json: values.json,
    report: values.report,
    list: values.list,
    help: values.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string' },
        'no-failback': { type: 'boolean', default: false },
        rate: { type: 'string', default: '200' },
        ttl: { type: 'string', default: '1' },
        calm: { type: 'string', default: '0' },
        'aws-port': { type: 'string' },
        bundles: { type: 'boolean', default: false },
        traffic: { type: 'string', default: traffics[0] },
        json: { type: 'string' },
        report: { type: 'string', default: 'reports' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function chosen({ 'no-failback': stays, scenario }: { readonly 'no-failback': boolean; readonly scenario?: string }) {
  if (stays && scenario !== undefined) {
    throw new UsageError('--no-failback is the scenario region-lost: choose it or --scenario');
  }
  return scenarioOf(scenario ?? (stays ? 'region-lost' : scenarios[0].name));
}

function scenarioOf(name: string): Scenario | 'all' {
  if (name === 'all') return 'all';
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no scenario ${name}; use all or one of ${scenarios.map((one) => one.name).join(', ')}`,
  );
}

function trafficOf(word: string): Traffic {
  const found = traffics.find((traffic) => traffic === word);
  if (found !== undefined) return found;
  throw new UsageError(`traffic is not moved by ${word}; use one of ${traffics.join(', ')}`);
}

function wholeNumber(
  option: string,
  text: string,
  { max, min }: { readonly min: number; readonly max: number },
): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${option} takes a whole number from ${min} to ${max}, not ${text}`);
}

async function play(options: Options, scenario: Scenario): Promise<GameDayReport> {
  // Only now: who asks for help does not wait for a whole lab to load.
  const { runGameDay } = await import('../../lab/gameday/game-day.ts');
  const { awsPort, bundles, calmMs, ordersPerSecond, traffic, ttlSeconds } = options;
  const { stderr } = process;
  const isTTY = stderr.isTTY === true;
  const startedAt = performance.now();
  const paint = paintFor({ isTTY, env: process.env });
  const view = liveView(stderr, { isTTY, columns: stderr.columns ?? 80, paint });
  view.note(`Game day ${scenario.name}: ${scenario.story}`);
  if (awsPort !== undefined) view.note(`The simulated AWS: export AWS_ENDPOINT_URL=http://127.0.0.1:${awsPort}`);
  // A signal ends the process inside the lab; the terminal gets its cursor back all the same.
  process.once('exit', view.close);
  try {
    return await runGameDay({
      scenario,
      ordersPerSecond,
      ttlSeconds,
      calmMs,
      awsPort,
      bundles,
      traffic,
      log: (level, why) => (level === 'error' ? view.note(why) : undefined),
      onProgress: (progress) => view.update(liveStateOf(progress, performance.now() - startedAt, Date.now())),
    });
  } catch (error) {
    throw error instanceof PlanError ? new UsageError(error.message) : error;
  } finally {
    process.off('exit', view.close);
    view.close();
  }
}

function print(text: string): typeof exitCodes.met {
  process.stdout.write(text);
  return exitCodes.met;
}
