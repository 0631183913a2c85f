import { join } from 'node:path';
import { openEndpoint } from '../../lab/cloud/endpoint/open-endpoint.ts';
import { ModelledSubstrate } from '../../lab/cloud/modelled-substrate.ts';
import { systemClock } from '../../lab/cloud/system-clock.ts';
import { World } from '../../lab/cloud/world.ts';
import { type Bench, type Check, ensure } from '../check.ts';
import { tryProgram } from '../program.ts';

const region = 'eu-central-1';
const machine = 'understudy-failover';

/** One call of the AWS CLI, and what its output must hold. */
interface Call {
  readonly args: string;
  readonly shows: RegExp;
  readonly fails?: boolean;
}

const key = '{"pk":{"S":"app#shop"},"sk":{"S":"note"}}';

const calls: readonly Call[] = [
  { args: 'rds describe-db-instances --query DBInstances[].DBInstanceIdentifier', shows: /orders-recovery/ },
  { args: 'rds describe-db-instances --db-instance-identifier none', shows: /\(DBInstanceNotFound\)/, fails: true },
  { args: 'rds reboot-db-instance --db-instance-identifier orders-recovery', shows: /\(InvalidAction\)/, fails: true },
  { args: 'route53 list-resource-record-sets --hosted-zone-id Z0SHOPTEST', shows: /"shop\.test\."/ },
  {
    args: `cloudwatch put-metric-alarm --alarm-name a --namespace N --metric-name M --statistic Minimum --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold`,
    shows: /^$/,
  },
  { args: 'cloudwatch set-alarm-state --alarm-name a --state-value ALARM --state-reason verify', shows: /^$/ },
  { args: 'cloudwatch describe-alarms --state-value ALARM', shows: /"AlarmName": "a"/ },
  { args: `dynamodb put-item --table-name coordination --item ${key}`, shows: /^$/ },
  { args: `dynamodb get-item --table-name coordination --key ${key} --consistent-read`, shows: /"app#shop"/ },
  {
    args: `dynamodb put-item --table-name coordination --item ${key} --condition-expression attribute_not_exists(pk)`,
    shows: /\(ConditionalCheckFailedException\)/,
    fails: true,
  },
  { args: 'ecs describe-services --cluster shop --services orders', shows: /"desiredCount": 1/ },
  { args: `sns publish --topic-arn arn:aws:sns:${region}:123456789012:shop --message hello`, shows: /"MessageId"/ },
  {
    args: `stepfunctions describe-state-machine --state-machine-arn arn:aws:states:${region}:123456789012:stateMachine:${machine}`,
    shows: /"ACTIVE"/,
  },
];

export const commandLine: Check = {
  id: 'aws-cli',
  claim: "The AWS CLI looks and acts at the lab's endpoint, and is refused what is not simulated",
  async run(bench) {
    const world = openWorld();
    const endpoint = await openEndpoint(world);
    try {
      for (const call of calls) await tryOut(bench, endpoint.url, call);
    } finally {
      world.stop();
      await endpoint.close();
    }
    return `${calls.length} commands answered as by AWS, ${calls.filter(({ fails }) => fails).length} of them with its errors`;
  },
};

async function tryOut({ programs }: Bench, url: string, { args, fails = false, shows }: Call): Promise<void> {
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'verify',
    AWS_SECRET_ACCESS_KEY: 'verify',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const { code, output } = await tryProgram(join(programs, 'aws'), args.split(' '), { env, timeoutMs: 60_000 });
  const isAsSaid = (code !== 0) === fails && shows.test(output.trim());
  ensure(isAsSaid, `aws ${args}\nended with ${code} and wrote: ${output.trim()}`);
}

function openWorld(): World {
  const substrate = new ModelledSubstrate({ clock: systemClock, random: Math.random });
  const world = new World({ clock: systemClock, random: Math.random, substrate });
  world.rds(region).seedInstance({ DBInstanceIdentifier: 'orders-recovery' });
  world.route53.seedZone({ id: 'Z0SHOPTEST', name: 'shop.test' });
  world.ecs(region).seedCluster({ name: 'shop' });
  world.ecs(region).seedService({ cluster: 'shop', name: 'orders', desiredCount: 1 });
  world.sns(region).seedTopic('shop');
  world.stepFunctions(region).seedStateMachine({ name: machine, definition: { StartAt: 'A', States: {} } });
  const replicas = [region, 'eu-west-1'];
  world.dynamoDb.seedTable({ name: 'coordination', partitionKey: 'pk', sortKey: 'sk', replicas, witness: 'eu-west-3' });
  return world;
}
