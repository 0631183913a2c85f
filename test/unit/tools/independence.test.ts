import { describe, expect, it } from 'vitest';
import type { Walked } from '../../../lab/independence/scenes.ts';
import { commandsIn, commandsOnThePath } from '../../../tools/independence/commands.ts';
import { declarationProblems } from '../../../tools/independence/declared.ts';
import { verdictOn } from '../../../tools/independence/verdict.ts';
import { call } from '../../support/sample-evidence.ts';
import { primary, recovery } from '../../support/sample-run.ts';

const from: string = primary.region;
const to: string = recovery.region;
const sent = (service: string, command: string, caller: string, endpointRegion = to) =>
  call(service, command, { afterMs: 0, caller, endpointRegion });
const scene = (changes: Partial<Walked> = {}): Walked => ({
  scene: 'record: there, dead',
  path: { from, to, accepts: [] },
  calls: [],
  urlsLeft: [],
  ended: 'SUCCEEDED',
  shouldEnd: 'SUCCEEDED',
  ...changes,
});
const nothing = { commands: [], steps: [] };
const problemsOf = (changes: Partial<Walked>) => verdictOn([scene(changes)], nothing).problems;

describe('a run is not independent', () => {
  it.each<[string, Partial<Walked>]>([
    ['when a step calls the Region being left', { calls: [sent('RDS', 'DescribeDBInstances', 'promote', from)] }],
    ['when a step calls us-east-1', { calls: [sent('SNS', 'Publish', 'notify', 'us-east-1')] }],
    ['when a step calls a global control plane, wherever', { calls: [sent('IAM', 'GetRole', 'survey')] }],
    [
      'when it changes records that the plan does not accept',
      { calls: [sent('Route53', 'ChangeResourceRecordSets', 'flip-dns', 'us-east-1')] },
    ],
    ['when another step than the excepted one fences', { calls: [sent('ECS', 'UpdateService', 'scale', from)] }],
    [
      'when traffic is moved by a write in the Region being left',
      { calls: [{ ...sent('S3', 'PutObject', 'flip-dns', from), input: { Body: '{"active":true}' } }] },
    ],
    ['when the application there is asked', { urlsLeft: ['http://127.0.1.1/health'] }],
    ['or not known to be, when a scene did not end as it should', { ended: 'FAILED' }],
  ])('%s', (_title, changes) => {
    expect(problemsOf(changes)).toHaveLength(1);
  });

  it('or not known to be, when no scene sends a command of the code', () => {
    const commands = [{ file: 'shared/kinds/x/aws.ts', service: 'EFS', command: 'DeleteReplicationConfiguration' }];
    expect(verdictOn([scene()], { commands, steps: [] }).problems).toEqual([
      expect.stringMatching(/^EFS DeleteReplicationConfiguration of shared\/kinds\/x\/aws\.ts was sent in no scene/),
    ]);
  });
});

it('a step that no scene comes to is not known to be independent', () => {
  const calls = [sent('DynamoDB', 'GetItem', 'detect')];
  const { problems } = verdictOn([scene({ calls })], { commands: [], steps: ['detect', 'hold'] });
  expect(problems).toEqual(['no scene comes to the step hold']);
});

describe('a run is independent', () => {
  it('when its calls stay in the Region being activated, with the listed exceptions counted', () => {
    const calls = [
      sent('RDS', 'PromoteReadReplica', 'promote'),
      sent('ECS', 'UpdateService', 'isolate', from),
      sent('S3', 'PutObject', 'confirm', from),
    ];
    const { excepted, problems } = verdictOn([scene({ calls })], nothing);
    expect(problems).toEqual([]);
    const needed = excepted.filter(({ calls: times }) => times > 0);
    expect(needed.map(({ exception }) => exception.service)).toEqual(['ECS', 'S3']);
  });

  it('when it needs a control plane that its plan accepts, which is told', () => {
    const calls = [sent('Route53', 'ChangeResourceRecordSets', 'flip-dns', 'us-east-1')];
    const { accepted, problems } = verdictOn([scene({ calls, path: { from, to, accepts: ['route53'] } })], nothing);
    expect(problems).toEqual([]);
    expect(accepted).toEqual(['record: route53, for flip-dns Route53 ChangeResourceRecordSets in us-east-1']);
  });

  it('in us-east-1, when that is the Region being activated', () => {
    const path = { from, to: 'us-east-1', accepts: [] };
    expect(problemsOf({ path, calls: [sent('RDS', 'PromoteReadReplica', 'promote', 'us-east-1')] })).toEqual([]);
  });
});

it('a kind declares the global control planes that its code can reach, no more and no less', () => {
  const commands = [
    { file: 'shared/kinds/names/aws.ts', service: 'Route53', command: 'ChangeResourceRecordSets' },
    { file: 'shared/kinds/data/aws.ts', service: 'RDS', command: 'PromoteReadReplica' },
  ];
  const kinds = [
    { id: 'names', controlPlanes: [] },
    { id: 'data', controlPlanes: ['route53'] },
  ] as const;
  expect(declarationProblems(kinds, commands)).toEqual([
    'names needs route53 and does not declare it',
    'data declares route53 and does not need it',
  ]);
});

describe('the commands of a file', () => {
  it('are those it imports, by service, paginators and the document client included', () => {
    const text = `
      import { CloudWatchClient, paginateDescribeAlarms, type StateValue } from '@aws-sdk/client-cloudwatch';
      import { GetObjectCommand, type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
      import { DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';`;
    expect(commandsIn('x.ts', text).map(({ command, service }) => `${service} ${command}`)).toEqual([
      'CloudWatch DescribeAlarms',
      'S3 GetObject',
      'DynamoDB UpdateItem',
    ]);
  });

  it('are found in kinds and in what goes on around them', () => {
    const files = commandsOnThePath().map(({ file }) => file);
    expect(files).toEqual(
      expect.arrayContaining([
        'shared/channels/sns.ts',
        'shared/coordination/table.ts',
        'shared/kinds/route53-health-check-flip/aws.ts',
        'shared/signals/alarms.ts',
        'shared/start/start-execution.ts',
      ]),
    );
  });
});
