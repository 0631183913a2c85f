import { beforeAll, describe, expect, test } from 'vitest';
import { runGameDay } from '../../lab/gameday/game-day.ts';
import type { Lab } from '../../lab/gameday/lab.ts';
import { orchestratorDies } from '../../lab/gameday/scenarios/orchestrator-dies.ts';
import { partitionPrimaryAlive, partitionPrimaryIsolated } from '../../lab/gameday/scenarios/partitions.ts';
import type { Scenario } from '../../lab/gameday/scenarios/scenario.ts';
import { type GameDayReport, shortfalls } from '../../shared/report/game-day-report.ts';

async function play(scenario: Scenario): Promise<{ readonly report: GameDayReport; readonly lab: Lab | undefined }> {
  let lab: Lab | undefined;
  const report = await runGameDay({
    scenario,
    ordersPerSecond: 100,
    ttlSeconds: 1,
    log: () => undefined,
    onProgress: (progress) => {
      lab = progress.lab ?? lab;
    },
  });
  return { report, lab };
}

/** The plan's objective is judged by `npm run gameday`, on a machine that does nothing else. */
const against = (report: GameDayReport): readonly string[] =>
  shortfalls({ ...report, objectives: { ...report.objectives, rtoSeconds: 20 } });

describe('the Regions cannot see each other, and the primary serves', () => {
  let report: GameDayReport;
  beforeAll(async () => {
    report = (await play(partitionPrimaryAlive)).report;
  }, 90_000);

  test('nothing is promoted, nothing is flipped, nothing is lost', () => {
    expect(against(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'passed', run: null });
    expect(report.measured).toMatchObject({ rtoSeconds: null, acknowledgedWritesLost: 0, writersOverlapMs: 0 });
  });

  test('only the primary acknowledged orders, to the end', () => {
    expect(Object.keys(report.series.acknowledged)).toEqual(['eu-west-1']);
  });
});

describe('the primary is cut off from all other Regions, while users reach it', () => {
  test('it stops writing by itself, and the other one takes over', async () => {
    const { report } = await play(partitionPrimaryIsolated);
    expect(against(report)).toEqual([]);
    expect(report.measured.writersOverlapMs).toBe(0);
  }, 90_000);
});

describe('the orchestrating process is killed in the middle of the promotion', () => {
  let report: GameDayReport;
  let lab: Lab | undefined;
  beforeAll(async () => {
    ({ report, lab } = await play(orchestratorDies));
  }, 90_000);

  test('another run takes over under a higher epoch, and finishes', () => {
    expect(against(report)).toEqual([]);
    expect(report.run?.epoch).toBe(2);
    expect(report.measured.writersOverlapMs).toBe(0);
  });

  test('the promotion had taken effect once, although nobody heard of it', () => {
    const promotions = lab?.world.history.filter(({ command }) => command === 'PromoteReadReplica') ?? [];
    expect(promotions.map(({ applied, outcome }) => ({ applied, outcome }))).toEqual([
      { applied: true, outcome: 'unanswered' },
    ]);
  });

  test('the execution of the dead process is still RUNNING: nobody has told it to stop', () => {
    const region = 'eu-central-1';
    const stateMachineArn = lab?.world.stateMachineArn(region, 'understudy-failover');
    const { executions } = lab?.world.stepFunctions(region).operations.ListExecutions({ stateMachineArn }) ?? {};
    expect(executions?.map(({ status }) => status).toSorted()).toEqual(['RUNNING', 'SUCCEEDED']);
  });
});
