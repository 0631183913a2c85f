import { gzipSync } from 'node:zlib';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { cbor } from '@smithy/core/cbor';
import type { StaticOperationSchema } from '@smithy/types';
import { expect, test } from 'vitest';
import { accessKeyOf, callerOf, outsider } from '../../../../lab/cloud/endpoint/caller.ts';
import { restJson } from '../../../../lab/cloud/endpoint/rest.ts';
import type { WireService } from '../../../../lab/cloud/endpoint/services.ts';
import { primary, recovery } from '../support.ts';
import { openStillEndpoint } from './support.ts';

const signed = (service: string, { accessKeyId = 'lab', region = primary } = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261127/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

interface Asked {
  readonly path?: string;
  readonly body: string | URLSearchParams | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const ask = (url: string, { body, headers, path = '/' }: Asked): Promise<Response> =>
  fetch(url + path, { method: 'POST', body, headers });

const jsonTarget = (target: string) => ({ 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' });

test('an old client may speak query to CloudWatch: lists and structures are found in the names of the form', async () => {
  await using wire = await openStillEndpoint();
  const form = new URLSearchParams({
    Action: 'PutMetricAlarm',
    Version: '2010-08-01',
    AlarmName: 'a',
    Namespace: 'N',
    MetricName: 'M',
    'Dimensions.member.1.Name': 'Place',
    'Dimensions.member.1.Value': 'primary',
    'Dimensions.member.2.Name': 'Application',
    'Dimensions.member.2.Value': 'shop & co',
    Statistic: 'Minimum',
    Period: '60',
    EvaluationPeriods: '3',
    Threshold: '0.5',
    ActionsEnabled: 'false',
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const put = await ask(wire.url, { body: form, headers: signed('monitoring') });
  expect(put.status).toBe(200);
  expect(wire.world.history.at(-1)?.input).toMatchObject({
    Dimensions: [
      { Name: 'Place', Value: 'primary' },
      { Name: 'Application', Value: 'shop & co' },
    ],
    Period: 60,
    Threshold: 0.5,
    ActionsEnabled: false,
  });
  const body = 'Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=a';
  const described = await (await ask(wire.url, { body, headers: signed('monitoring') })).text();
  expect(described).toMatch(/^<DescribeAlarmsResponse [^>]+><DescribeAlarmsResult>.*<Value>shop &amp; co<\/Value>/s);
});

test('a Python client speaks CBOR to CloudWatch, and is told the old code of an error when it asks for it', async () => {
  await using wire = await openStillEndpoint();
  const path = '/service/GraniteServiceVersion20100801/operation/SetAlarmState';
  const headers = { ...signed('monitoring'), 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-query-mode': 'true' };
  const body = cbor.serialize({ AlarmName: 'none', StateValue: 'ALARM', StateReason: 'me' });
  const answer = await ask(wire.url, { path, headers, body: Buffer.from(body) });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/cbor']);
  expect(answer.headers.get('x-amzn-query-error')).toBe('ResourceNotFound;Sender');
  const told = cbor.deserialize(new Uint8Array(await answer.arrayBuffer()));
  expect(told).toMatchObject({ __type: 'ResourceNotFound', message: 'Alarm none does not exist' });
});

test('a compressed request is read', async () => {
  await using wire = await openStillEndpoint();
  const body = gzipSync(JSON.stringify({ Namespace: 'N', MetricData: [{ MetricName: 'm', Value: 1 }] }));
  const target = jsonTarget('GraniteServiceVersion20100801.PutMetricData');
  const headers = { ...signed('monitoring'), ...target, 'content-encoding': 'gzip' };
  expect((await ask(wire.url, { body, headers })).status).toBe(200);
  expect(wire.world.history.at(-1)?.input).toMatchObject({ MetricData: [{ MetricName: 'm', Value: 1 }] });
});

test.each([
  ['an unsigned request', { body: 'Action=X', headers: {} }, 403, 'MissingAuthenticationToken'],
  [
    'a signature without a scope',
    { body: 'Action=X', headers: { authorization: 'Bearer x' } },
    400,
    'IncompleteSignature',
  ],
  [
    'a service that is not simulated',
    { body: 'Action=GetCallerIdentity', headers: signed('sts') },
    400,
    'InvalidAction',
  ],
  [
    'an operation that is not simulated',
    { body: 'Action=RebootDBInstance', headers: signed('rds') },
    400,
    'InvalidAction',
  ],
  [
    'a database that is not there',
    { body: 'Action=DescribeDBInstances&DBInstanceIdentifier=none', headers: signed('rds') },
    404,
    'DBInstanceNotFound',
  ],
  [
    'a field that no SDK knows',
    { body: 'Action=DescribeDBInstances&Colour=red', headers: signed('rds') },
    400,
    'InvalidAction',
  ],
  [
    'a field that the lab does not simulate',
    { body: 'Action=DescribeDBInstances&Filters.Filter.1.Name=engine', headers: signed('rds') },
    400,
    'InvalidAction',
  ],
  [
    'an unknown JSON operation',
    { body: '{}', headers: { ...signed('dynamodb'), ...jsonTarget('DynamoDB_20120810.CreateTable') } },
    400,
    'UnknownOperationException',
  ],
  [
    'an unknown JSON field',
    { body: '{"Colour":"red"}', headers: { ...signed('dynamodb'), ...jsonTarget('DynamoDB_20120810.GetItem') } },
    400,
    'UnknownOperationException',
  ],
  [
    'JSON that is none',
    { body: '{', headers: { ...signed('dynamodb'), ...jsonTarget('DynamoDB_20120810.GetItem') } },
    400,
    'SerializationException',
  ],
  [
    'a path that Route 53 does not have',
    { path: '/2013-04-01/x', body: '', headers: signed('route53') },
    400,
    'InvalidAction',
  ],
  [
    'XML that is none',
    { path: '/2013-04-01/hostedzone/Z1/rrset', body: '<Change', headers: signed('route53') },
    400,
    'SerializationException',
  ],
])('%s is refused in the format of its protocol, and nothing happens', async (_, asked, status, code) => {
  await using wire = await openStillEndpoint();
  const answer = await ask(wire.url, asked);
  const told = await answer.text();
  expect([answer.status, /<Code>(\w+)<|"__type":"(\w+)"/.exec(told)?.slice(1).join('')]).toEqual([status, code]);
  expect(wire.world.history.filter(({ applied }) => applied)).toEqual([]);
});

test('a lost Region is silent: the client goes away unanswered', async () => {
  await using wire = await openStillEndpoint();
  wire.world.loseRegion(primary);
  const headers = signed('rds');
  const signal = AbortSignal.timeout(50);
  const call = fetch(wire.url, { method: 'POST', body: 'Action=DescribeDBInstances', headers, signal });
  await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect.poll(() => wire.world.history.at(-1)?.outcome).toBe('unanswered');
  const elsewhere = { body: 'Action=DescribeDBInstances', headers: signed('rds', { region: recovery }) };
  expect((await ask(wire.url, elsewhere)).status).toBe(200);
});

test('the access key tells which function of which Region calls; whoever else calls is in no Region', async () => {
  await using wire = await openStillEndpoint();
  const accessKeyId = accessKeyOf({ region: recovery, functionName: 'flip-dns' });
  await ask(wire.url, { body: 'Action=DescribeDBInstances', headers: signed('rds', { accessKeyId }) });
  await ask(wire.url, { body: 'Action=DescribeDBInstances', headers: signed('rds') });
  expect(wire.world.history).toMatchObject([
    { callerRegion: recovery, caller: 'flip-dns', endpointRegion: primary },
    { callerRegion: outsider.region, caller: '', endpointRegion: primary },
  ]);
  expect(callerOf('AKIAIOSFODNN7EXAMPLE')).toEqual(outsider);
});

test('REST-JSON: path, query, headers and body of a request are one input, and an answer comes apart again', async () => {
  const schema: StaticOperationSchema = [
    9,
    'test',
    'UpdateSchedule',
    { http: ['PUT', '/groups/{Group}/schedules/{Name+}', 201] },
    [
      3,
      'test',
      'UpdateScheduleRequest',
      0,
      ['Group', 'Name', 'Token', 'Kinds', 'At', 'State'],
      [[0, 1], [0, 1], [0, { httpHeader: 'x-token' }], [64, { httpQuery: 'kind' }], 4, [0, { jsonName: 'state' }]],
    ],
    [3, 'test', 'UpdateScheduleResponse', 0, ['Version', 'Arn'], [[0, { httpHeader: 'etag' }], 0]],
  ];
  const service = { name: 'Test', operations: ['UpdateSchedule'], operation: () => schema } as unknown as WireService;
  const protocol = new AwsRestJsonProtocol({ defaultNamespace: 'test' });
  const input = { Group: 'a b', Name: 'x/y', Token: 't', Kinds: ['1', '2'], At: new Date(5000), State: 'OFF' };
  const operation = {
    namespace: 'test',
    name: 'UpdateSchedule',
    traits: schema[3],
    input: schema[4],
    output: schema[5],
  };
  const context = { endpoint: async () => ({ protocol: 'http:', hostname: 'localhost', path: '/' }) };
  const sent = await protocol.serializeRequest(operation as never, input, context as never);
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(sent.query ?? {})) {
    for (const value of [values ?? []].flat()) query.append(name, value);
  }
  const body = Buffer.concat([sent.body as Uint8Array]);
  const request = { method: sent.method, path: sent.path, query, headers: sent.headers, body };
  expect(restJson.operationOf(request, service)).toBe('UpdateSchedule');
  expect(await restJson.readInput(request, { schema, service })).toEqual(input);
  const output = { Version: '7', Arn: 'arn' };
  const written = restJson.writeOutput(output, { schema, service }, 'id');
  expect(written).toMatchObject({ status: 201, headers: { etag: '7', 'x-amzn-requestid': 'id' } });
  expect(JSON.parse(new TextDecoder().decode(written.body as Uint8Array))).toEqual({ Arn: 'arn' });
});
