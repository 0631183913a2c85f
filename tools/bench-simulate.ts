import { parseArgs } from 'node:util';
import { scenarioNamed } from '../lab/simulator/scenarios/registry.ts';
import { resultOf } from '../lab/simulator/simulate.ts';
import { endOnBrokenPipe } from './broken-pipe.ts';

const help = `usage: npm run bench:simulate -- [--runs N]

Lives through N days (default 100) of each of three kinds on one thread: a Region lost and nothing else,
the same while calls are throttled, fail and answer stale, and the swarm. A run is whole when it was
opened and has recovered the application; a day of the swarm may have none, or several. Prints whole runs,
runs that were opened and days a second, by the wall and by the processor's time (all threads of the
process), and virtual seconds a second.
`;

interface Row {
  readonly scenario: string;
  readonly days: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly virtualSeconds: number;
  readonly opened: number;
  readonly recovered: number;
  readonly calls: number;
}

async function measure(name: string, days: number): Promise<Row> {
  const scenario = scenarioNamed(name);
  // Modules are loaded and compiled by the first days.
  for (let seed = 0; seed < 5; seed++) await resultOf({ scenario, seed });
  const before = { wall: performance.now(), cpu: process.cpuUsage() };
  let [virtualSeconds, opened, recovered, calls] = [0, 0, 0, 0];
  for (let seed = 1; seed <= days; seed++) {
    const result = await resultOf({ scenario, seed });
    virtualSeconds += result.virtualSeconds;
    opened += result.runs;
    recovered += result.recovered;
    calls += result.calls;
  }
  const { system, user } = process.cpuUsage(before.cpu);
  const wallSeconds = (performance.now() - before.wall) / 1000;
  return {
    ...{ scenario: name, days, wallSeconds, virtualSeconds, opened, recovered, calls },
    cpuSeconds: (user + system) / 1e6,
  };
}

function lines({ calls, cpuSeconds, days, opened, recovered, scenario, virtualSeconds, wallSeconds }: Row): string {
  const rates = (count: number): string =>
    `${(count / wallSeconds).toFixed(1)} a second, ${(count / cpuSeconds).toFixed(1)} a CPU second`;
  const each = (count: number): string => (count / days).toFixed(2);
  return `${[
    `${scenario}: ${days} days`,
    `whole runs      ${rates(recovered)} (${each(recovered)} a day)`,
    `runs opened     ${rates(opened)} (${each(opened)} a day)`,
    `days            ${rates(days)} (${Math.round(calls / days)} calls a day)`,
    `virtual seconds ${Math.round(virtualSeconds / wallSeconds)} a second (${Math.round(virtualSeconds / days)} a day)`,
  ].join('\n  ')}\n`;
}

endOnBrokenPipe();
const { values } = parseArgs({ options: { runs: { type: 'string', default: '100' }, help: { type: 'boolean' } } });
const days = Number(values.runs);
if (values.help === true || !Number.isInteger(days) || days < 1) {
  process.stderr.write(help);
  process.exitCode = 2;
} else {
  for (const name of ['region-lost', 'bad-answers', 'swarm']) process.stdout.write(lines(await measure(name, days)));
  process.stdout.write(`memory: ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MB\n`);
}
