import { parseArgs } from 'node:util';
import { plantedBugs } from '../lab/simulator/teeth/bugs.ts';
import { hunt } from '../lab/simulator/teeth/hunt.ts';
import { endOnBrokenPipe } from './broken-pipe.ts';

const help = `usage: npm run simulate:teeth -- [--days N] [--workers W] [--bug NAME]

Plants bugs one at a time, in memory, and lives through simulated days until a checker fails. Prints
after how many days each was caught. Exit code 0 when every bug was caught within N days (default
2000), 1 when one survived, 2 for wrong usage.
`;

interface Options {
  readonly days: number;
  readonly workers: number;
  readonly bug: string | undefined;
}

function parse(): Options | undefined {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '2000' },
      workers: { type: 'string', default: '1' },
      bug: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [days, workers] = [Number(values.days), Number(values.workers)];
  if (values.help || !(days >= 1) || !(workers >= 1)) return undefined;
  return { days, workers, bug: values.bug };
}

async function main(): Promise<number> {
  const options = parse();
  const bugs = plantedBugs.filter(({ name }) => options?.bug === undefined || name === options.bug);
  if (options === undefined || bugs.length === 0) {
    process.stderr.write(help);
    return 2;
  }
  const results = await hunt({
    bugs,
    daysMax: options.days,
    workers: options.workers,
    onResult: ({ bug, caught, days }) => {
      const how =
        caught === undefined
          ? 'SURVIVED'
          : `${caught.checker} (${caught.scenario}, seed ${caught.seed}): ${caught.why}`;
      process.stdout.write(`${bug.padEnd(32)}${String(days).padStart(5)} days  ${how.slice(0, 160)}\n`);
    },
  });
  const survived = results.filter(({ caught }) => caught === undefined);
  process.stdout.write(`${results.length - survived.length} of ${results.length} planted bugs were caught\n`);
  return survived.length === 0 ? 0 : 1;
}

endOnBrokenPipe();
process.exitCode = await main();
