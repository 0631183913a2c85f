import { parseArgs } from 'node:util';
import { scenarioNamed } from '../lab/simulator/scenarios/registry.ts';
import { resultOf } from '../lab/simulator/simulate.ts';

const help = `usage: npm run bench:simulate -- [--runs N]

Lives through N days (default 100) of each of three kinds on one thread: a Region lost and nothing else,
the same while calls are throttled, fail and answer stale, and the swarm. Prints days and virtual seconds
a second, by the wall and by the processor's time, which a busy machine changes less.
`;

interface Row {
  readonly scenario: string;
  readonly days: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly virtualSeconds: number;
  readonly recovered: number;
  readonly calls: number;
}

async function measure(name: string, runs: number): Promise<Row> {
  const scenario = scenarioNamed(name);
  // Modules are loaded and compiled by the first days.
  for (let seed = 0; seed < 5; seed++) await resultOf({ scenario, seed });
  const before = { wall: performance.now(), cpu: process.cpuUsage() };
  let [virtualSeconds, recovered, calls] = [0, 0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    const result = await resultOf({ scenario, seed });
    virtualSeconds += result.virtualSeconds;
    recovered += result.recovered;
    calls += result.calls;
  }
  const { system, user } = process.cpuUsage(before.cpu);
  const wallSeconds = (performance.now() - before.wall) / 1000;
  return {
    scenario: name,
    days: runs,
    wallSeconds,
    cpuSeconds: (user + system) / 1e6,
    virtualSeconds,
    recovered,
    calls,
  };
}

function line({ calls, cpuSeconds, days, recovered, scenario, virtualSeconds, wallSeconds }: Row): string {
  const rate = (seconds: number): string => (days / seconds).toFixed(1).padStart(6);
  const speed = Math.round(virtualSeconds / wallSeconds);
  return (
    `${scenario.padEnd(14)}${rate(wallSeconds)} days/s  ${rate(cpuSeconds)} days per CPU second  ` +
    `${speed} virtual seconds/s  ${recovered} of ${days} recovered  ${Math.round(calls / days)} calls a day\n`
  );
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100' }, help: { type: 'boolean' } } });
const runs = Number(values.runs);
if (values.help === true || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write(help);
  process.exitCode = 2;
} else {
  for (const name of ['region-lost', 'bad-answers', 'swarm']) process.stdout.write(line(await measure(name, runs)));
  process.stdout.write(`memory: ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MB\n`);
}
