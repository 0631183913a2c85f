import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../shared/domain/ports.ts';
import type { GameDayReport } from '../../shared/report/game-day-report.ts';
import type { Progress } from './client/result.ts';
import { type Lab, openLab } from './lab.ts';
import { evidenceOf } from './observe.ts';
import type { AwsOptions } from './open-aws.ts';
import { addresses } from './orders-address.ts';
import { closeOnSignals } from './processes/close-on-signals.ts';
import { openWorkplace } from './processes/workplace.ts';
import { reportOf } from './report.ts';
import { readRuns } from './run-log.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Where a game day stands, for those who watch it. */
export interface GameDayProgress {
  readonly phase: 'building' | 'calm' | 'struck' | 'recovered' | 'judging';
  readonly lab?: Lab;
  readonly client?: Progress;
  readonly lostAt?: number;
  /** The step of the run that was last heard of. */
  readonly step?: string;
  /** The first acknowledgement from the recovery Region that the client has told of. */
  readonly servedAgainAt?: number;
}

export interface GameDayOptions extends AwsOptions {
  readonly scenario: Scenario;
  readonly ordersPerSecond: number;
  readonly ttlSeconds: number;
  /** How long the application runs undisturbed first; default: what the scenario says. */
  readonly calmMs?: number | undefined;
  readonly log: Log;
  readonly onProgress: (progress: GameDayProgress) => void;
}

/** Builds the lab, lets the scenario happen, watches until the run has ended, judges. Leaves nothing behind. */
export async function runGameDay(options: GameDayOptions): Promise<GameDayReport> {
  const workplace = await openWorkplace();
  const uninstall = closeOnSignals(workplace);
  const startedAt = Date.now();
  const { onProgress, scenario, ttlSeconds } = options;
  let progress: GameDayProgress = { phase: 'building' };
  const tell = (change: Partial<GameDayProgress>): void => {
    progress = { ...progress, ...change };
    onProgress(progress);
  };
  let lab: Lab | undefined;
  try {
    tell({});
    const onClient = (client: Progress): void => tell({ client, ...servedAgain(progress, client) });
    lab = await openLab({ ...options, workplace, ...scenario.settings, onProgress: onClient });
    tell({ phase: 'calm', lab });
    await sleep(options.calmMs ?? scenario.calmMs);
    const lostAt = await scenario.strike(lab);
    tell({ phase: 'struck', lostAt });
    await untilRunEnds(lab, lostAt + scenario.deadlineMs, (step) => tell({ step }));
    tell({ phase: 'recovered' });
    await sleep(scenario.watchMs);
    const judgeAftermath = await scenario.aftermath?.(lab);
    tell({ phase: 'judging' });
    const result = await lab.client.stop();
    const evidence = await evidenceOf({ lab, lostAt, result, log: await readRuns(lab) });
    const postgres = await lab.regions.recovery.database.query<{ server_version: string }>('SHOW server_version');
    return reportOf({
      scenario,
      startedAt,
      ttlSeconds,
      evidence,
      aftermath: judgeAftermath?.(result) ?? [],
      result,
      postgres: postgres[0]?.server_version ?? 'unknown',
    });
  } finally {
    await lab?.close();
    await workplace.close();
    uninstall();
  }
}

/** More acknowledgements than before, while the client uses the address of the recovery Region. */
function servedAgain(
  { client: before, servedAgainAt }: GameDayProgress,
  { acknowledged, address, lastAckAt }: Progress,
) {
  const again = before?.address === addresses.recovery && address === before.address;
  if (!again || servedAgainAt !== undefined || acknowledged === before.acknowledged) return {};
  return lastAckAt === undefined ? {} : { servedAgainAt: lastAckAt };
}

const lookEveryMs = 100;

/** Looks at the executions from outside, as an operator would. */
async function untilRunEnds(lab: Lab, giveUpAt: number, onStep: (step: string) => void): Promise<void> {
  while (Date.now() < giveUpAt) {
    const { entries, executionStatus } = await readRuns(lab);
    const step = entries.at(-1)?.step;
    if (step !== undefined) onStep(step);
    if (executionStatus !== undefined && executionStatus !== 'RUNNING') return;
    await sleep(lookEveryMs);
  }
}
