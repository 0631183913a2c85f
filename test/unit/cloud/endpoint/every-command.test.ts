import * as CloudWatch from '@aws-sdk/client-cloudwatch';
import * as DynamoDB from '@aws-sdk/client-dynamodb';
import * as EC2 from '@aws-sdk/client-ec2';
import * as ECS from '@aws-sdk/client-ecs';
import * as EventBridge from '@aws-sdk/client-eventbridge';
import * as Lambda from '@aws-sdk/client-lambda';
import * as RDS from '@aws-sdk/client-rds';
import * as Route53 from '@aws-sdk/client-route-53';
import * as Route53RecoveryCluster from '@aws-sdk/client-route53-recovery-cluster';
import * as S3 from '@aws-sdk/client-s3';
import * as Scheduler from '@aws-sdk/client-scheduler';
import * as SFN from '@aws-sdk/client-sfn';
import * as SNS from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { simulatedServices } from '../../../../lab/cloud/commands.ts';
import { attach } from '../../../../lab/cloud/wire.ts';
import { primary } from '../support.ts';
import { type Sample, samples } from './samples.ts';
import { openStillEndpoint, stillWorld } from './support.ts';

const sdks: Readonly<Record<string, object>> = {
  CloudWatch,
  DynamoDB,
  EC2,
  ECS,
  EventBridge,
  Lambda,
  RDS,
  Route53,
  Route53RecoveryCluster,
  S3,
  SFN,
  SNS,
  Scheduler,
};

interface Client {
  send(command: object): Promise<object>;
}
type Constructor<T> = new (input: object) => T;

const part = <T>(service: string, name: string): Constructor<T> =>
  (sdks[service] as Readonly<Record<string, Constructor<T>>>)[name] as Constructor<T>;

const clientOf = (service: string, settings: object): Client =>
  new (part<Client>(service, `${service}Client`))({
    region: primary,
    maxAttempts: 1,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    ...settings,
  });

/** What the deserializers add to an exception by themselves, from the envelope of its protocol. */
const envelope: ReadonlySet<string> = new Set([
  '$metadata',
  '$response',
  '$retryable',
  'Code',
  'Error',
  'Message',
  'RequestId',
  'Type',
  '__type',
  'message',
]);

interface Streamed {
  transformToString(): Promise<string>;
}

/** What a caller can see of an answer: the output, or the exception with its members. */
async function outcomeOf(client: Client, { command, input, service }: Sample): Promise<object> {
  try {
    const output = await client.send(new (part<object>(service, `${command}Command`))(input));
    const Body = await (output as { readonly Body?: Streamed }).Body?.transformToString();
    // Every object has a type and metadata over HTTP; the simulation does not keep them.
    return { output: { ...output, $metadata: undefined, Body, ContentType: undefined, Metadata: undefined } };
  } catch (error) {
    const thrown = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    const members = Object.fromEntries(Object.entries(thrown).filter(([name]) => !envelope.has(name)));
    const { message, name } = thrown;
    return { class: thrown.constructor.name, name, message, status: thrown.$metadata?.httpStatusCode, members };
  }
}

/** Without what the SDK adds for the way, which ends at the endpoint. */
const asAsked = <T extends { readonly input: unknown }>({ input, ...call }: T): object => {
  const asked = Object.entries(input as object).filter(([name]) => !name.startsWith('Checksum'));
  return { ...call, input: Object.fromEntries(asked) };
};

test('every simulated operation has a sample', () => {
  const simulated = Object.entries(simulatedServices).flatMap(([service, { commands }]) =>
    Object.keys(commands).map((command) => `${service}.${command}`),
  );
  const sampled = new Set(samples.map(({ command, service }) => `${service}.${command}`));
  expect([...sampled].toSorted()).toEqual(simulated.toSorted());
});

test('over HTTP every operation answers what it answers in process, value for value and error for error', async () => {
  await using wire = await openStillEndpoint();
  const inProcess = stillWorld();
  const overHttp = new Map(Object.keys(sdks).map((name) => [name, clientOf(name, { endpoint: wire.url })]));
  const attached = new Map(Object.keys(sdks).map((name) => [name, clientOf(name, {})]));
  for (const client of attached.values()) attach(client as never, inProcess, 'outside');
  for (const sample of samples) {
    const expected = await outcomeOf(attached.get(sample.service) as Client, sample);
    const seen = await outcomeOf(overHttp.get(sample.service) as Client, sample);
    expect({ ...sample, seen }).toEqual({ ...sample, seen: expected });
  }
  inProcess.stop();
  const callsOf = ({ history }: typeof inProcess) => history.map(({ at: _, endedAt: _end, ...call }) => asAsked(call));
  expect(callsOf(wire.world)).toEqual(callsOf(inProcess));
});
