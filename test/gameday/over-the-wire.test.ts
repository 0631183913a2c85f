import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '../../lab/gameday/lab.ts';
import { findFreePort } from '../../lab/gameday/network/free-port.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { endCommandLines, understudy } from '../support/command-line.ts';
import { withoutAlarms } from '../support/without-alarms.ts';

let workplace: Workplace;
let lab: Lab;
let endpoint = '';

const withApproval = (plan: Plan): Plan => ({
  ...plan,
  policy: { ...plan.policy, approval: 'manual', approvalWithinSeconds: 60 },
});

beforeAll(async () => {
  const awsPort = await findFreePort();
  endpoint = `http://127.0.0.1:${awsPort}`;
  workplace = await openWorkplace();
  lab = await openLab({
    workplace,
    awsPort,
    ordersPerSecond: 10,
    ttlSeconds: 1,
    synchronous: false,
    change: withApproval,
    log: () => undefined,
    onProgress: () => undefined,
  });
  // The runs here are those of a person.
  withoutAlarms(lab);
}, 90_000);
afterAll(async () => {
  await endCommandLines();
  await lab.close();
  await workplace.close();
});

/** `understudy` in a process of its own, which knows AWS by an address only. */
async function say(...args: readonly string[]) {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    UNDERSTUDY_OPERATOR: 'anna',
  };
  const { code, stderr, stdout } = await understudy([...args, '--json'], { env }).ended;
  expect(stderr).toBe('');
  return { code, said: JSON.parse(stdout) as Record<string, unknown> };
}

async function journalOf(run: string): Promise<readonly Record<string, unknown>[]> {
  const { said } = await say('journal', 'show', run);
  return Array.isArray(said) ? said : [];
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await isSo()); looks++) {
    if (looks > 40) throw new Error('it never came to that');
    await sleep(250);
  }
}

const instances = () => lab.world.rds('eu-central-1').operations.DescribeDBInstances({}).DBInstances ?? [];

test('a person rehearses, halts, starts, approves and reads the journal by the command line alone', async () => {
  const reason = ['--reason', 'over the wire'];
  expect(await say('start', 'shop', '--dry-run', ...reason)).toMatchObject({ code: 0, said: { started: true } });

  expect((await say('halt', 'shop', ...reason)).code).toBe(0);
  expect((await say('resume', 'shop')).code).toBe(0);

  const { said } = await say('start', 'shop', ...reason);
  const run = String(said['run']);
  await until(async () => (await journalOf(run)).some(({ step }) => step === 'approve'));
  expect(instances().map((one) => one.ReadReplicaSourceDBInstanceIdentifier)).not.toEqual([undefined]);

  expect((await say('approve', run, ...reason)).code).toBe(0);
  await until(async () => (await journalOf(run)).some(({ event }) => event === 'run-closed'));
  expect(instances().map((one) => one.ReadReplicaSourceDBInstanceIdentifier)).toEqual([undefined]);
  expect(await say('journal', 'verify', run)).toMatchObject({ code: 0, said: { run, broken: null } });
  expect((await say('ack', run)).code).toBe(0);
}, 90_000);

test('what is refused is refused there, too', async () => {
  const refused = await say('start', 'shop', '--reason', 'x', '--machine', 'no-such-machine');
  expect(refused).toMatchObject({ code: 1, said: { started: false } });
});
