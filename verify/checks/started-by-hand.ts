import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab } from '../../lab/gameday/lab.ts';
import { findFreePort } from '../../lab/gameday/network/free-port.ts';
import { failoverMachine } from '../../lab/runtime.ts';
import { type Bench, type Check, ensure } from '../check.ts';
import { succeed } from '../program.ts';
import { account } from '../substitutions.ts';

const region = 'eu-central-1';
const primaryRegion = 'eu-west-1';
const zone = 'Z0SHOPTEST';

/** Real databases and services, as in a game day; the AWS CLI is the only one that acts. */
export const startedByHand: Check = {
  id: 'aws-cli-run',
  claim: 'A person with nothing but the AWS CLI sets an alarm, looks, and runs a failover of the lab',
  async run(bench) {
    const awsPort = await findFreePort();
    const quiet = { log: () => undefined, onProgress: () => undefined };
    const shop = { ordersPerSecond: 10, ttlSeconds: 1, synchronous: false };
    const lab = await openLab({ ...quiet, ...shop, workplace: bench.workplace, awsPort });
    try {
      return await failOver(awsOn(bench, `http://127.0.0.1:${awsPort}`));
    } finally {
      await lab.close();
    }
  },
};

/** Runs a command of the AWS CLI. @returns what it wrote. @throws Error with that when it fails */
type Aws = (args: readonly string[]) => Promise<string>;

async function failOver(aws: Aws): Promise<string> {
  const before = await aws(['rds', 'describe-db-instances', '--region', region]);
  ensure(before.includes('"ReadReplicaSourceDBInstanceIdentifier"'), `there is no replica: ${before}`);
  await aws(
    words(
      `cloudwatch set-alarm-state --region ${region} --alarm-name shop-primary-fails --state-value OK --state-reason verify`,
    ),
  );
  const arn = `arn:aws:states:${region}:${account}:stateMachine:${failoverMachine}`;
  const input = '{"application":"shop","from":"primary","reason":"by hand"}';
  const started = await aws([
    ...words(`stepfunctions start-execution --region ${region} --state-machine-arn ${arn}`),
    '--name',
    'by-hand',
    '--input',
    input,
  ]);
  const { executionArn } = JSON.parse(started) as { readonly executionArn: string };
  await untilSucceeded(aws, executionArn);
  const after = await aws(['rds', 'describe-db-instances', '--region', region]);
  ensure(!after.includes('"ReadReplicaSourceDBInstanceIdentifier"'), `the replica was not promoted: ${after}`);
  const records = await aws(
    words(`route53 list-resource-record-sets --hosted-zone-id ${zone} --region ${primaryRegion}`),
  );
  ensure(records.includes('run=by-hand'), `no record says who moved traffic: ${records}`);
  return 'SUCCEEDED, the replica promoted, traffic moved, all seen by the AWS CLI';
}

async function untilSucceeded(aws: Aws, executionArn: string): Promise<void> {
  for (let looks = 0; looks < 40; looks++) {
    const described = await aws(
      words(`stepfunctions describe-execution --region ${region} --execution-arn ${executionArn}`),
    );
    const { cause = '', status } = JSON.parse(described) as { readonly status: string; readonly cause?: string };
    if (status === 'SUCCEEDED') return;
    ensure(status === 'RUNNING', `the run ended as ${status}: ${cause}`);
    await sleep(500);
  }
  throw new Error('the run did not end');
}

const words = (text: string): readonly string[] => text.split(' ');

const awsOn =
  ({ programs }: Bench, url: string): Aws =>
  async (args) => {
    const env = {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'verify',
      AWS_SECRET_ACCESS_KEY: 'verify',
      AWS_PAGER: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    return (await succeed(join(programs, 'aws'), args, { env, timeoutMs: 60_000 })).stdout;
  };
