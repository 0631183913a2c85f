import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../shared/domain/ports.ts';
import type { GameDayReport } from '../../shared/report/game-day-report.ts';
import type { Progress } from './client/result.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import { evidenceOf } from './observe.ts';
import { addresses } from './orders-address.ts';
import { closeOnSignals } from './processes/close-on-signals.ts';
import { openWorkplace } from './processes/workplace.ts';
import { reportOf } from './report.ts';
import { coordinationOf, readRuns } from './run-log.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { Stage } from './scenarios/steps.ts';
import type { Traffic } from './traffics.ts';

/** Where a game day stands, for those who watch it. */
export interface GameDayProgress {
  readonly phase: 'building' | 'calm' | 'struck' | 'watching' | 'judging';
  readonly lab?: Lab;
  readonly client?: Progress;
  readonly lostAt?: number;
  /** The step of the run that was last heard of. */
  readonly step?: string;
  /** The first acknowledgement from the recovery Region that the client has told of. */
  readonly servedAgainAt?: number;
}

export interface GameDayOptions extends Pick<LabOptions, 'awsPort' | 'bundles'> {
  readonly scenario: Scenario;
  readonly ordersPerSecond: number;
  readonly ttlSeconds: number;
  /** How long the application runs undisturbed before the scenario begins; ms. */
  readonly calmMs?: number | undefined;
  readonly traffic?: Traffic | undefined;
  readonly log: Log;
  readonly onProgress: (progress: GameDayProgress) => void;
}

/** Builds the lab, plays the scenario step by step, judges what was seen. Leaves nothing behind. */
export async function runGameDay(options: GameDayOptions): Promise<GameDayReport> {
  const workplace = await openWorkplace();
  const uninstall = closeOnSignals(workplace);
  const startedAt = Date.now();
  const { calmMs = 0, onProgress, scenario, ttlSeconds } = options;
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
    await sleep(calmMs);
    const stage = openStage(lab, (step) => tell({ step }));
    for (const step of scenario.steps) {
      tell({ phase: step.phase, lab });
      await step.play(stage);
      if (stage.struckAt !== undefined) tell({ lostAt: stage.struckAt });
    }
    tell({ phase: 'judging' });
    const result = await lab.client.stop();
    const evidence = await evidenceOf({ lab, result, log: await readRuns(lab), ...told(scenario, stage) });
    const version = await postgresVersion(lab);
    return reportOf({ scenario, startedAt, ttlSeconds, evidence, result, postgres: version });
  } finally {
    await lab?.close();
    await workplace.close();
    uninstall();
  }
}

/** Of whichever database answers: one of them may be dead. */
async function postgresVersion({ regions }: Lab): Promise<string> {
  const asked = Object.values(regions).map(({ database }) =>
    database.query<{ version: string }>(`SELECT current_setting('server_version') AS version`),
  );
  const [row] = await Promise.any(asked).catch(() => []);
  return row?.version ?? 'unknown';
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

function openStage(lab: Lab, onStep: (step: string) => void): Stage {
  const openedAt = Date.now();
  const stage: Stage = {
    lab,
    struckAt: undefined,
    marks: [],
    directOrders: [],
    charge: () => coordinationOf(lab).lock.charge(lab.plan.application),
    /** At the executions and the coordination table from outside, as an operator would. */
    async look() {
      const runs = await readRuns(lab);
      const step = runs.entries.at(-1)?.step;
      if (step !== undefined) onStep(step);
      const { answers, plan, world } = lab;
      return { ...runs, plan, calls: world.history, dnsAnswers: answers.given, lostAt: stage.struckAt ?? openedAt };
    },
  };
  return stage;
}

/** A scenario in which nothing strikes is counted from its end, when there is nothing left to be seen. */
const told = ({ notDue }: Scenario, { directOrders, marks, struckAt = Date.now() }: Stage) => ({
  directOrders,
  marks,
  lostAt: struckAt,
  ...(notDue === undefined ? {} : { notDue }),
});
