import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { runGameDay } from '../../lab/gameday/game-day.ts';
import type { Lab } from '../../lab/gameday/lab.ts';
import { findFreePort } from '../../lab/gameday/network/free-port.ts';
import { regionLost } from '../../lab/gameday/scenarios/region-lost.ts';
import { failoverMachine } from '../../lab/runtime.ts';
import { shortfalls } from '../../shared/report/game-day-report.ts';

/** The plan's objective is judged by `npm run gameday`, on a machine that does nothing else. */
const rtoSecondsHere = 15;

test('packaged functions in processes of their own bring the application back, and any SDK may look on', async () => {
  const awsPort = await findFreePort();
  const region = 'eu-central-1';
  const settings = {
    region,
    endpoint: `http://127.0.0.1:${awsPort}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  let lab: Lab | undefined;
  const seen: unknown[] = [];
  const look = async (): Promise<void> => {
    const { DBInstances = [] } = await new RDSClient(settings).send(new DescribeDBInstancesCommand({}));
    const states = new SFNClient(settings);
    const stateMachineArn = `arn:aws:states:${region}:123456789012:stateMachine:${failoverMachine}`;
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    const executionArn = executions.at(-1)?.executionArn;
    const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
    seen.push([DBInstances.map((one) => [one.DBInstanceStatus, one.ReadReplicaSourceDBInstanceIdentifier]), status]);
  };
  const looked: Promise<void>[] = [];
  const report = await runGameDay({
    scenario: regionLost,
    ordersPerSecond: 100,
    ttlSeconds: 1,
    awsPort,
    bundles: true,
    log: () => undefined,
    onProgress: (progress) => {
      lab = progress.lab;
      if (progress.phase === 'watching' && looked.length === 0) looked.push(look());
    },
  });
  await Promise.all(looked);
  expect(report.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(shortfalls({ ...report, objectives: { ...report.objectives, rtoSeconds: rtoSecondsHere } })).toEqual([]);
  expect(seen).toEqual([[[['available', undefined]], 'SUCCEEDED']]);
  const callers = new Set(lab?.world.history.filter(({ mutating }) => mutating).map(({ caller }) => caller));
  expect([...callers]).toEqual(expect.arrayContaining(['promote', 'scale', 'flip-dns', 'notify']));
}, 90_000);
