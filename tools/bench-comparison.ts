import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildData, type LabData } from '../lab/gameday/data.ts';
import { bundleOrderService } from '../lab/gameday/orders/bundle.ts';
import { type StandAlone, startAlone } from '../lab/gameday/orders/stand-alone.ts';
import { openWorkplace } from '../lab/gameday/processes/workplace.ts';
import { systemNet } from '../shared/aws/net.ts';
import type { Outside } from '../shared/aws/outside.ts';
import type { Run } from '../shared/domain/run.ts';
import { observe } from '../shared/kinds/data-comparison/aws.ts';
import { check } from '../shared/kinds/data-comparison/check.ts';
import { Spec } from '../shared/kinds/data-comparison/spec.ts';

const help = `usage: npm run bench:comparison -- [--rows N] [--runs N] [--json FILE]

Compares a table of N rows (default 1000000) in a real PostgreSQL writer and its real standby, as the step Compare
does it: the kind data-comparison asks both order services over HTTP. In turn with a plain count(*) of the
same table on both servers, --runs times each (default 5); prints the medians and their ratio. At last one value
in one row of the standby is another one, and the comparison has to name that row.
Exit code 0 when all rows were covered, found equal, the one row was named, and the median is below 10 s;
1 when not, 2 for wrong usage.
`;

const regions = { primary: 'eu-west-1', recovery: 'eu-central-1' } as const;
const secondsMax = 10;
const rowsAtOnce = 100_000;

interface Bench {
  readonly rows: number;
  readonly runs: number;
  readonly json: string | undefined;
}

/** Closes everything that it has opened, in any case. */
async function bench(wanted: Bench): Promise<number> {
  const workplace = await openWorkplace();
  const opened = new AsyncDisposableStack();
  opened.defer(() => workplace.close());
  try {
    const bundle = await bundleOrderService(workplace.dir('bundles'));
    const data = await buildData({ workplace, regions, synchronous: false, gated: true });
    for (const wire of Object.values(data.wires)) opened.defer(() => wire.close());
    const services = await Promise.all([startAlone(bundle, data.primary), startAlone(bundle, data.recovery)]);
    for (const service of services) opened.defer(() => service.kill());
    return await measure(wanted, data, services);
  } finally {
    await opened.disposeAsync();
  }
}

async function measure({ json, rows, runs }: Bench, data: LabData, services: readonly StandAlone[]): Promise<number> {
  await fill(data, rows);
  const spec = specOf(services);
  const [compared, counted]: [number[], number[]] = [[], []];
  let isEqual = true;
  for (let run = 1; run <= runs; run++) {
    const { decision, seconds } = await compareOnce(spec);
    isEqual &&= decision.verdict === 'settled' && decision.why.includes(`1 tables with ${rows} rows are equal`);
    compared.push(seconds);
    counted.push(await countOnce(data, rows));
    console.error(
      `run ${run} of ${runs}: ${decision.why}, ${seconds.toFixed(3)} s; count(*) ${counted.at(-1)?.toFixed(3)} s`,
    );
  }
  const isNamed = await namesTheOneRow(spec, data);
  const seconds = spreadOf(compared);
  const result = {
    rows,
    tables: 1,
    runs,
    isEqual,
    isNamed,
    seconds,
    countSeconds: spreadOf(counted),
    rowsPerSecond: Math.round(rows / seconds.median),
    ratioToCount: rounded(seconds.median / spreadOf(counted).median),
  };
  print(result);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  return isEqual && isNamed && seconds.median < secondsMax ? 0 : 1;
}

/** Past the gate, which nobody has opened: so the writer is frozen from the beginning. */
async function fill({ primary, recovery }: LabData, rows: number): Promise<void> {
  for (let done = 0; done < rows; done += rowsAtOnce) {
    const some = Math.min(rowsAtOnce, rows - done);
    await primary.query(`BEGIN READ WRITE; SET LOCAL session_replication_role = replica;
      INSERT INTO orders (id, item, amount_cents, region)
      SELECT gen_random_uuid(), 'item ' || n, n % 10000, '${regions.primary}' FROM generate_series(1, ${some}) n; COMMIT`);
  }
  await primary.query('VACUUM ANALYZE orders');
  await untilReplayed({ primary, recovery });
}

async function untilReplayed({ primary, recovery }: Pick<LabData, 'primary' | 'recovery'>): Promise<void> {
  const [written] = await primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  const replayed = `SELECT pg_last_wal_replay_lsn() >= '${written?.lsn}'::pg_lsn AS done`;
  while (!(await recovery.query<{ done: boolean }>(replayed))[0]?.done)
    await new Promise((next) => setTimeout(next, 50));
}

const specOf = ([primary, recovery]: readonly StandAlone[]): Spec =>
  Spec.parse({
    primary: { url: `${primary?.url}/understudy` },
    recovery: { url: `${recovery?.url}/understudy` },
    positions: 'lsn',
  });

const run: Run = {
  id: 'bench',
  application: 'shop',
  trigger: 'manual',
  purpose: 'switchover',
  reason: 'bench',
  from: { place: 'primary', region: regions.primary },
  to: { place: 'recovery', region: regions.recovery },
  epoch: 1,
  openedAt: 0,
  incidentAt: 0,
};
const target = { phase: 'compare', run } as const;
const outside: Outside = {
  ...systemNet(),
  client: () => {
    throw new Error('a comparison by URL needs no AWS');
  },
};

/** As often as the step would look: a position may be one record ahead for a moment, as PostgreSQL itself writes some. */
async function compareOnce(spec: Spec) {
  const goal = { ...target, now: 0, objectives: { rtoSeconds: 5, rpoSeconds: 1 }, recorded: {}, surveyed: {} };
  const startedAt = performance.now();
  for (;;) {
    const decision = check(goal, spec, await observe(spec, target, outside));
    const seconds = (performance.now() - startedAt) / 1000;
    if (decision.verdict !== 'wait' || seconds > secondsMax) return { decision, seconds };
    await new Promise((next) => setTimeout(next, 50));
  }
}

async function countOnce({ primary, recovery }: LabData, rows: number): Promise<number> {
  const startedAt = performance.now();
  const counts = await Promise.all(
    [primary, recovery].map(({ query }) => query<{ count: number }>('SELECT count(*)::int AS count FROM orders')),
  );
  if (counts.some(([row]) => row?.count !== rows)) throw new Error('the databases do not have all rows');
  return (performance.now() - startedAt) / 1000;
}

/** The standby finds a table of the same name first, which is not replicated to it otherwise: one value of it differs. */
async function namesTheOneRow(spec: Spec, { primary, recovery }: LabData): Promise<boolean> {
  const [row] = await primary.query<{ id: string }>(
    'SELECT id::text FROM orders ORDER BY id DESC OFFSET 4711 % 100 LIMIT 1',
  );
  await primary.query(`BEGIN READ WRITE; CREATE SCHEMA planted; CREATE TABLE planted.orders AS SELECT id, item,
    CASE WHEN id = '${row?.id}' THEN amount_cents + 1 ELSE amount_cents END AS amount_cents, region, epoch, committed_at
    FROM public.orders; COMMIT`);
  await untilReplayed({ primary, recovery });
  await recovery.query('ALTER SYSTEM SET search_path = planted, public');
  await recovery.query('SELECT pg_reload_conf()');
  await new Promise((next) => setTimeout(next, 500));
  const { decision } = await compareOnce(spec);
  console.error(decision.why);
  return decision.verdict === 'refuse' && decision.refusal === 'data-differs' && decision.why.includes(`${row?.id}`);
}

interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => rounded(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
  return { min: at(0), median: at(0.5), max: at(1) };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

interface Result {
  readonly rows: number;
  readonly tables: number;
  readonly isEqual: boolean;
  readonly isNamed: boolean;
  readonly seconds: Spread;
  readonly countSeconds: Spread;
  readonly rowsPerSecond: number;
  readonly ratioToCount: number;
}

function print(result: Result): void {
  const { countSeconds, isEqual, isNamed, ratioToCount, rows, rowsPerSecond, seconds, tables } = result;
  const line = ({ max, median, min }: Spread): string =>
    `${median.toFixed(3)} s   [${min.toFixed(3)}–${max.toFixed(3)}]`;
  console.log(`${rows} rows in ${tables} table, on both sides; medians [least–most]\n`);
  console.log(`comparison        ${line(seconds)}   ${rowsPerSecond} rows/s on each side`);
  console.log(`count(*)          ${line(countSeconds)}`);
  console.log(`ratio             ${ratioToCount}`);
  console.log(`all rows equal    ${isEqual ? 'yes' : 'NO'}`);
  console.log(`one row changed   ${isNamed ? 'named' : 'NOT FOUND'}`);
}

function options(): Bench | undefined {
  try {
    const { values } = parseArgs({
      options: {
        rows: { type: 'string', default: '1000000' },
        runs: { type: 'string', default: '5' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const [rows, runs] = [Number(values.rows), Number(values.runs)];
    if (values.help || !Number.isInteger(rows) || rows < 1000 || rows > 10_000_000) return undefined;
    return Number.isInteger(runs) && runs >= 1 && runs <= 100 ? { rows, runs, json: values.json } : undefined;
  } catch {
    return undefined;
  }
}

const wanted = options();
if (wanted === undefined) console.error(help);
process.exitCode = wanted === undefined ? 2 : await bench(wanted);
