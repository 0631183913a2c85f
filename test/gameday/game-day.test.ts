import type { PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiCall } from '../../lab/cloud/history.ts';
import { runGameDay } from '../../lab/gameday/game-day.ts';
import type { Lab } from '../../lab/gameday/lab.ts';
import { regionLost } from '../../lab/gameday/scenarios/region-lost.ts';
import { GameDayReport, shortfalls } from '../../shared/report/game-day-report.ts';
import { renderHtml } from '../../shared/report/render-html.ts';
import { reportSpans, type StepSpan } from '../../shared/report/timeline.ts';
import { workplacesOf } from '../support/command-line.ts';
import { failoverSteps } from '../support/failover-steps.ts';

/** The plan's objective is judged by `npm run gameday`, on a machine that does nothing else. */
const rtoSecondsHere = 15;

/** One game day, looked at from several sides. */
describe('a Region is lost under load', () => {
  let report: GameDayReport;
  let history: readonly ApiCall[] = [];
  let events: readonly unknown[] = [];
  const phases: string[] = [];

  beforeAll(async () => {
    let lab: Lab | undefined;
    report = await runGameDay({
      scenario: regionLost,
      ordersPerSecond: 100,
      ttlSeconds: 1,
      log: () => undefined,
      onProgress: (progress) => {
        lab = progress.lab;
        if (phases.at(-1) !== progress.phase) phases.push(progress.phase);
      },
    });
    history = lab?.world.history ?? [];
    events = lab?.world.eventBridge('eu-central-1').events ?? [];
  }, 90_000);

  const spans = (): Readonly<Record<string, StepSpan>> =>
    Object.fromEntries(reportSpans(report).map((span) => [span.step, span]));
  const endOf = (step: string): number => spans()[step]?.finishedAt ?? Number.NaN;
  const startOf = (step: string): number => spans()[step]?.startedAt ?? Number.NaN;

  test('and the application is back in the other one: every check passed, nothing fell short', () => {
    expect(report.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(shortfalls({ ...report, objectives: { ...report.objectives, rtoSeconds: rtoSecondsHere } })).toEqual([]);
    expect(phases).toEqual(['building', 'calm', 'struck', 'watching', 'judging']);
  });

  test('the time without an acknowledged write is measured, and how much of it was cache', () => {
    const { dnsCacheShareSeconds, rtoSeconds, ttlSeconds } = report.measured;
    expect(rtoSeconds).toBeGreaterThan(0);
    expect(ttlSeconds).toBe(1);
    expect(dnsCacheShareSeconds).toBeGreaterThanOrEqual(0);
    expect(dnsCacheShareSeconds).toBeLessThan(rtoSeconds ?? 0);
  });

  test('the loss stays within the RPO, and no two Regions wrote at the same time', () => {
    const { acknowledgedWrites, acknowledgedWritesLost, rpoSeconds, writersOverlapMs } = report.measured;
    expect(acknowledgedWrites).toBeGreaterThan(100);
    expect(acknowledgedWritesLost).toBeLessThan(acknowledgedWrites ?? 0);
    expect(rpoSeconds).toBeLessThanOrEqual(report.objectives.rpoSeconds);
    expect(writersOverlapMs).toBe(0);
  });

  test('both Regions acknowledged writes, the lost one none after its loss', () => {
    const { acknowledged, bucketMs, startedAt } = report.series;
    const lastAt = (acknowledged['eu-west-1'] ?? []).findLastIndex((count) => count > 0) * bucketMs + startedAt;
    expect(lastAt).toBeLessThanOrEqual((report.lostAt ?? 0) + bucketMs);
    expect(acknowledged['eu-central-1']?.some((count) => count > 0)).toBe(true);
  });

  test('two kinds of signals and two observers agreed', () => {
    const opened = report.timeline.find(({ event }) => event === 'run-opened');
    expect(opened?.why).toMatch(/quorum 2; (\w+ and )+\w+ agree, seen by recovery and witness$/);
  });

  test('the standby told all observers how old its newest write was, and it grew once the writer was lost', () => {
    const ages = history
      .filter(({ caller, command }) => caller === 'probe' && command === 'PutMetricData')
      .flatMap(
        ({ callerRegion, input }) =>
          (input as PutMetricDataCommandInput).MetricData?.map((datum) => ({ callerRegion, ...datum })) ?? [],
      )
      .filter(
        ({ Dimensions, MetricName }) => MetricName === 'HeartbeatAgeSeconds' && Dimensions?.[1]?.Value === 'recovery',
      );
    const before = ages.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) < (report.lostAt ?? 0));
    expect(new Set(before.map(({ callerRegion }) => callerRegion))).toEqual(
      new Set(['eu-west-1', 'eu-central-1', 'eu-west-3']),
    );
    const median = before.map(({ Value = 0 }) => Value).toSorted((a, b) => a - b)[Math.floor(before.length / 2)];
    expect(median).toBeLessThan(0.5);
    expect(Math.max(...ages.map(({ Value = 0 }) => Value))).toBeGreaterThan(median ?? 0);
  });

  test('the signal travelled the real way: alarm, event, trigger, state machine – and nobody else started anything', () => {
    expect(report.run).toMatchObject({ from: 'eu-west-1', to: 'eu-central-1', trigger: 'alarm', epoch: 1 });
    const starts = history.filter(({ command }) => command === 'StartExecution');
    // An alarm that flaps on a busy machine is heard again; that this opens no second run is judged by I10.
    expect(new Set(starts.map(({ caller, callerRegion }) => `${caller} in ${callerRegion}`))).toEqual(
      new Set(['trigger in eu-central-1']),
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        detail: expect.objectContaining({ state: expect.objectContaining({ value: 'ALARM' }) }),
      }),
    );
  });

  test('what changed the application was called by the step that is there for it', () => {
    const lostAt = report.lostAt ?? 0;
    const effects = history.filter(({ applied, at, command }) => applied && at >= lostAt && command in stepOf);
    expect(Object.fromEntries(effects.map(({ caller, command }) => [command, caller]))).toEqual(stepOf);
  });

  test('the steps ran in their order, all of them to their end', () => {
    const ran = reportSpans(report).map(({ step }) => step);
    expect(ran).toHaveLength(failoverSteps.length);
    expect(reportSpans(report).filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
    // Which of Scale and Isolate begins first is chance.
    const oneAfterTheOther = failoverSteps.filter((step) => step !== 'scale');
    expect(ran.filter((step) => step !== 'scale')).toEqual(oneAfterTheOther);
    const early = oneAfterTheOther.filter((step, index) => startOf(step) < endOf(oneAfterTheOther[index - 1] ?? ''));
    expect(early).toEqual([]);
  });

  test('Scale ran beside Isolate and Promote, and Verify waited for all three', () => {
    expect(startOf('scale')).toBeLessThan(endOf('promote'));
    expect(startOf('scale')).toBeGreaterThanOrEqual(endOf('survey'));
    expect(startOf('verify')).toBeGreaterThanOrEqual(Math.max(endOf('scale'), endOf('promote')));
  });

  test('the phases of the report are those of the timeline, Detect counted from the loss', () => {
    const { phases: measured } = report.measured;
    expect(Object.values(measured).filter((seconds) => seconds === null)).toEqual([]);
    expect(measured.promoteSeconds).toBeCloseTo((endOf('promote') - startOf('promote')) / 1000, 3);
    expect(measured.detectSeconds).toBeCloseTo((endOf('detect') - (report.lostAt ?? 0)) / 1000, 3);
  });

  test('the report is JSON of its own schema and a page without any need of a network', () => {
    expect(GameDayReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const page = renderHtml(report);
    expect(page).toContain(report.run?.id);
    expect(page).not.toMatch(/<(?:script|link|img)\b[^>]*(?:src|href)=/);
  });

  test('nothing is left of the lab', () => {
    expect(workplacesOf(process.pid)).toEqual([]);
  });
});

const stepOf: Readonly<Record<string, string>> = {
  PromoteReadReplica: 'promote',
  UpdateService: 'scale',
  ChangeResourceRecordSets: 'flip-dns',
};
