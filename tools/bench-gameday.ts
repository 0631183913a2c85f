import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureFloor } from '../lab/gameday/floor.ts';
import { runGameDay } from '../lab/gameday/game-day.ts';
import { regionLost, regionLostWithoutLease } from '../lab/gameday/scenarios/region-lost.ts';
import type { Scenario } from '../lab/gameday/scenarios/scenario.ts';
import { thereAndBack } from '../lab/gameday/scenarios/there-and-back.ts';
import type { GameDayReport, PhaseDurations } from '../shared/report/game-day-report.ts';

const help = `usage: npm run bench:gameday -- [--runs N] [--rate N] [--home] [--without-lease] [--json FILE]

Plays the scenario region-lost N times (default 5) with a TTL of 0, and as often a bare recovery
without any automation (probe, promote, change the answer), in turn, and prints the medians and
their ratio. With --without-lease the scenario is also played as often with a plan that has no write
lease, in turn, to show what the lease costs. With --home it is there-and-back that is played, and the
gap in the writes on the way home is shown with the steps of the planned run. Exit code 0 when all game days passed, 1 when not, 2 for wrong usage.
`;

interface Bench {
  readonly runs: number;
  readonly ordersPerSecond: number;
  readonly withoutLease: boolean;
  /** Whether the application goes home in each run. */
  readonly home: boolean;
  readonly json: string | undefined;
}

/** In turn, so that a machine that grows busy slows both alike. */
async function bench({ home, json, ordersPerSecond, runs, withoutLease }: Bench): Promise<number> {
  const reports: GameDayReport[] = [];
  const unleased: GameDayReport[] = [];
  const floors: number[] = [];
  for (let run = 1; run <= runs; run++) {
    const report = await playOnce(home ? thereAndBack : regionLost, ordersPerSecond);
    reports.push(report);
    if (withoutLease) unleased.push(await playOnce(regionLostWithoutLease, ordersPerSecond));
    floors.push((await measureFloor(ordersPerSecond)).rtoSeconds);
    const rto = report.measured.rtoSeconds;
    console.error(
      `run ${run} of ${runs}: ${report.verdict}, RTO ${rto ?? 'unknown'} s, floor ${floors.at(-1)?.toFixed(3)} s`,
    );
  }
  const result = summarise({ reports, floors, unleased });
  print(result);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  return [...reports, ...unleased].every(({ verdict }) => verdict === 'passed') ? 0 : 1;
}

const playOnce = (scenario: Scenario, ordersPerSecond: number): Promise<GameDayReport> =>
  runGameDay({
    scenario,
    ordersPerSecond,
    ttlSeconds: 0,
    log: () => undefined,
    onProgress: () => undefined,
  });

type Phase = keyof PhaseDurations;

interface Played {
  readonly reports: readonly GameDayReport[];
  readonly floors: readonly number[];
  /** Without a write lease; empty when that was not asked for. */
  readonly unleased: readonly GameDayReport[];
}

function summarise({ floors, reports, unleased }: Played) {
  const phases = Object.keys(reports[0]?.measured.phases ?? {}) as Phase[];
  const rtoSeconds = spread(reports.map(({ measured }) => measured.rtoSeconds));
  const floorSeconds = spread(floors);
  const withoutLeaseSeconds = spread(unleased.map(({ measured }) => measured.rtoSeconds));
  const { failbackPhases = {} } = reports[0]?.measured ?? {};
  return {
    schema: 1,
    kind: 'bench-gameday',
    runs: reports.length,
    passed: reports.filter(({ verdict }) => verdict === 'passed').length,
    rtoSeconds,
    floorSeconds,
    ratioToFloor: ratio(rtoSeconds?.median, floorSeconds?.median),
    withoutLeaseSeconds,
    ratioToWithoutLease: ratio(rtoSeconds?.median, withoutLeaseSeconds?.median),
    failbackWriteGapSeconds: spread(reports.map(({ measured }) => measured.failbackWriteGapSeconds ?? null)),
    failbackPhases: Object.fromEntries(
      Object.keys(failbackPhases).map((step) => [
        step,
        spread(reports.map(({ measured }) => measured.failbackPhases?.[step] ?? null)),
      ]),
    ),
    oursSeconds: difference(rtoSeconds?.median, floorSeconds?.median),
    phases: Object.fromEntries(
      phases.map((phase) => [phase, spread(reports.map(({ measured }) => measured.phases[phase]))]),
    ),
  };
}

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Null when any value is missing: a median of what could be measured would flatter. */
function spread(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const [min, max, median] = [sorted[0], sorted.at(-1), sorted[Math.floor(sorted.length / 2)]];
  if (sorted.length < values.length || min === undefined || max === undefined || median === undefined) return null;
  return { median: rounded(median), min: rounded(min), max: rounded(max) };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const ratio = (value?: number, to?: number): number | null => (value && to ? rounded(value / to) : null);
const difference = (value?: number, from?: number): number | null => (value && from ? rounded(value - from) : null);

function print(result: ReturnType<typeof summarise>): void {
  const line = (name: string, { max, median, min }: Spread): string =>
    `${name.padEnd(18)}${median.toFixed(3)} s   [${min.toFixed(3)}–${max.toFixed(3)}]`;
  const show = (name: string, value: Spread | null | undefined): void =>
    console.log(value ? line(name, value) : `${name.padEnd(18)}not measured in every run`);
  console.log(`${result.passed} of ${result.runs} game days passed; TTL 0; medians [least–most]\n`);
  for (const [phase, value] of Object.entries(result.phases)) show(phase.replace('Seconds', ''), value);
  for (const [step, value] of Object.entries(result.failbackPhases)) show(`home: ${step}`, value);
  if (result.failbackWriteGapSeconds !== null) show('\nwrite gap home', result.failbackWriteGapSeconds);
  show('\nRTO', result.rtoSeconds);
  show('bare floor', result.floorSeconds);
  if (result.withoutLeaseSeconds !== null) {
    show('without lease', result.withoutLeaseSeconds);
    console.log(`ratio to that     ${result.ratioToWithoutLease ?? 'unknown'}   (with the write lease to without it)`);
  }
  console.log(
    `ratio to floor    ${result.ratioToFloor ?? 'unknown'}   (the automation adds ${result.oursSeconds ?? '?'} s)`,
  );
}

function options(): Bench | undefined {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '5' },
        rate: { type: 'string', default: '200' },
        'without-lease': { type: 'boolean', default: false },
        home: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const [runs, ordersPerSecond] = [Number(values.runs), Number(values.rate)];
    if (values.help || !Number.isInteger(runs) || runs < 1 || runs > 100) return undefined;
    if (!Number.isInteger(ordersPerSecond) || ordersPerSecond < 1 || ordersPerSecond > 2000) return undefined;
    return { runs, ordersPerSecond, home: values.home, withoutLease: values['without-lease'], json: values.json };
  } catch {
    return undefined;
  }
}

const wanted = options();
if (wanted === undefined) console.error(help);
process.exitCode = wanted === undefined ? 2 : await bench(wanted);
