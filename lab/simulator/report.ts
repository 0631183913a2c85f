import type { DayResult } from './simulate.ts';

export interface Failures {
  readonly checker: string;
  readonly title: string;
  readonly seeds: readonly number[];
  /** Of the first seed. */
  readonly why: string;
}

export interface SimulationReport {
  readonly scenario: string;
  readonly seed: number;
  readonly days: number;
  readonly failedDays: number;
  readonly runs: number;
  readonly recovered: number;
  readonly faults: number;
  readonly virtualSeconds: number;
  readonly realSeconds: number;
  /** Checkers that could not decide, and on how many days. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly failures: readonly Failures[];
}

export interface Measured {
  readonly scenario: string;
  readonly seed: number;
  readonly realSeconds: number;
}

export function reportOf(results: readonly DayResult[], measured: Measured): SimulationReport {
  const sum = (of: (result: DayResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const unknown: Record<string, number> = {};
  for (const id of results.flatMap((result) => result.unknown)) unknown[id] = (unknown[id] ?? 0) + 1;
  return {
    ...measured,
    days: results.length,
    failedDays: results.filter(({ failed }) => failed.length > 0).length,
    runs: sum(({ runs }) => runs),
    recovered: sum(({ recovered }) => recovered),
    faults: sum(({ faults }) => faults),
    virtualSeconds: sum(({ virtualSeconds }) => virtualSeconds),
    unknown,
    failures: failuresOf(results),
  };
}

function failuresOf(results: readonly DayResult[]): readonly Failures[] {
  const inOrder = results.toSorted((one, other) => one.seed - other.seed);
  const all = inOrder.flatMap(({ failed, seed }) => failed.map((check) => ({ ...check, seed })));
  return [...Map.groupBy(all, ({ id }) => id).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [{ checker: first.id, title: first.title, seeds: same.map(({ seed }) => seed), why: first.why }];
  });
}

export const replayCommand = (scenario: string, seed: number, only?: readonly string[]): string =>
  [
    `npm run simulate -- --replay ${seed} --trace`,
    ...(scenario === 'swarm' ? [] : [`--scenario ${scenario}`]),
    ...(only === undefined ? [] : [`--faults '${only.join(',')}'`]),
  ].join(' ');

export function renderReport(report: SimulationReport): string {
  const { days, failedDays, failures, faults, realSeconds, recovered, runs, scenario, unknown, virtualSeconds } =
    report;
  const perSecond = (days / Math.max(realSeconds, 0.001)).toFixed(1);
  const head = [
    `${scenario}: ${days} days, ${failedDays} failed; ${runs} runs were opened, ${recovered} recovered; ${faults} faults`,
    `${perSecond} days/s, ${Math.round(virtualSeconds / Math.max(realSeconds, 0.001))} virtual seconds a second`,
  ];
  const open = Object.entries(unknown).map(
    ([id, count]) => `unknown  ${id} on ${count} days: its checker could not decide`,
  );
  const failed = failures.flatMap(({ checker, seeds, title, why }) => [
    '',
    `failed   ${checker}  ${title}: ${seeds.length} days, seeds ${seeds.slice(0, 8).join(', ')}${seeds.length > 8 ? ' …' : ''}`,
    `         ${why}`,
    `         ${replayCommand(scenario, seeds[0] ?? 0)}`,
  ]);
  return `${[...head, ...open, ...failed].join('\n')}\n`;
}
