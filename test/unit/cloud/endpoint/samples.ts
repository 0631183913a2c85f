import { primary, recovery } from '../support.ts';

/** One call as an SDK client makes it. */
export interface Sample {
  /** As in lab/cloud/commands.ts. */
  readonly service: string;
  readonly command: string;
  readonly input: object;
}

const at = new Date('2026-11-27T12:00:00Z');
const machine = `arn:aws:states:${primary}:123456789012:stateMachine:failover`;
const execution = `arn:aws:states:${primary}:123456789012:execution:failover:run-1`;
/** A routing control that is on. */
export const control = 'arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/c';
const key = { pk: { S: 'app#shop' }, sk: { S: 'run' } };
const metric = {
  Namespace: 'Understudy',
  MetricName: 'ProbeFailed',
  Dimensions: [{ Name: 'Place', Value: 'primary' }],
};
const period = { StartTime: new Date(at.getTime() - 600_000), EndTime: at };
const record = (value: string) => ({
  Name: 'orders.shop.test.',
  Type: 'A',
  SetIdentifier: 'primary & <only>',
  Weight: 100,
  TTL: 1,
  ResourceRecords: [{ Value: value }],
});
const change = (Action: string, value: string) => ({
  HostedZoneId: 'Z1',
  ChangeBatch: { Comment: 'epoch 7', Changes: [{ Action, ResourceRecordSet: record(value) }] },
});

const of =
  (service: string) =>
  (command: string, ...inputs: object[]): readonly Sample[] =>
    inputs.map((input) => ({ service, command, input }));
const [rds, ec2, ecs, dns] = [of('RDS'), of('EC2'), of('ECS'), of('Route53')];
const [arc, s3] = [of('Route53RecoveryCluster'), of('S3')];
const [lambda, scheduler] = [of('Lambda'), of('Scheduler')];
const [watch, events, sns, table, states] = [of('CloudWatch'), of('EventBridge'), of('SNS'), of('DynamoDB'), of('SFN')];

/** In an order in which they make sense; every simulated operation, and the errors that callers tell apart. */
export const samples: readonly Sample[] = [
  ...rds('DescribeAccountAttributes', {}),
  ...rds('DescribeDBInstances', {}, { DBInstanceIdentifier: 'orders-recovery' }, { DBInstanceIdentifier: 'none' }),
  ...rds('DescribeDBInstances', { MaxRecords: 20 }, { MaxRecords: 1 }),
  ...rds('ModifyDBInstance', {
    DBInstanceIdentifier: 'orders-primary',
    BackupRetentionPeriod: 7,
    ApplyImmediately: true,
  }),
  ...rds('PromoteReadReplica', { DBInstanceIdentifier: 'orders-primary' }, { DBInstanceIdentifier: 'orders-recovery' }),
  ...rds('StopDBInstance', { DBInstanceIdentifier: 'orders-primary' }),
  ...rds('StartDBInstance', { DBInstanceIdentifier: 'orders-primary' }),
  ...rds(
    'CreateDBSnapshot',
    { DBInstanceIdentifier: 'shop', DBSnapshotIdentifier: 'shop-kept' },
    { DBInstanceIdentifier: 'shop', DBSnapshotIdentifier: 'shop-kept' },
    { DBInstanceIdentifier: 'none', DBSnapshotIdentifier: 'none' },
  ),
  ...rds('DescribeDBSnapshots', { DBSnapshotIdentifier: 'shop-kept' }, { DBSnapshotIdentifier: 'none' }),
  ...rds(
    'CreateDBInstanceReadReplica',
    {
      DBInstanceIdentifier: 'shop-2',
      SourceDBInstanceIdentifier: `arn:aws:rds:${recovery}:123456789012:db:shop`,
      VpcSecurityGroupIds: ['sg-1', 'sg-2'],
      MultiAZ: true,
      Tags: [{ Key: 'owner', Value: 'shop & co' }],
    },
    { DBInstanceIdentifier: 'shop', SourceDBInstanceIdentifier: 'shop' },
    { DBInstanceIdentifier: 'shop-3', SourceDBInstanceIdentifier: 'none' },
  ),
  ...rds('DeleteDBInstance', { DBInstanceIdentifier: 'shop-2' }),
  ...rds('DeleteDBInstance', {
    DBInstanceIdentifier: 'shop-2',
    SkipFinalSnapshot: true,
    DeleteAutomatedBackups: false,
  }),

  ...ec2('DescribeSecurityGroups', { GroupIds: ['sg-1'] }, { GroupIds: ['sg-404'] }),
  ...ec2('RevokeSecurityGroupIngress', { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-00000000000000001'] }),
  ...ec2('AuthorizeSecurityGroupIngress', {
    GroupId: 'sg-1',
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '192.0.2.0/24', Description: 'a & b' }] },
    ],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'epoch', Value: '7' }] }],
  }),
  ...ec2('DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: ['sg-1', 'sg-2'] }], MaxResults: 5 }),

  ...ecs('DescribeClusters', { clusters: ['shop', 'none'] }),
  ...ecs('UpdateService', { cluster: 'shop', service: 'orders', desiredCount: 3 }),
  ...ecs('UpdateService', { cluster: 'none', service: 'orders', desiredCount: 3 }),
  ...ecs('DescribeServices', { cluster: 'shop', services: ['orders', 'none'] }, { cluster: 'shop', services: [] }),

  ...dns('GetHostedZone', { Id: 'Z1' }, { Id: 'Z404' }),
  ...dns('ChangeResourceRecordSets', change('CREATE', '192.0.2.1'), change('DELETE', '192.0.2.2')),
  ...dns('ListResourceRecordSets', { HostedZoneId: 'Z1' }, { HostedZoneId: 'Z1', MaxItems: 1 }),
  ...dns('ListResourceRecordSets', { HostedZoneId: 'Z1', StartRecordName: 'orders.shop.test.', StartRecordType: 'A' }),
  ...dns('GetChange', { Id: '/change/C404' }),
  ...dns('CreateHealthCheck', {
    CallerReference: 'once',
    HealthCheckConfig: {
      Type: 'HTTP',
      FullyQualifiedDomainName: 'shop.test',
      Port: 80,
      ResourcePath: '/health',
      RequestInterval: 10,
      FailureThreshold: 3,
      Inverted: true,
    },
  }),
  ...dns('GetHealthCheck', { HealthCheckId: 'none' }),
  ...dns('GetHealthCheckStatus', { HealthCheckId: 'none' }),
  ...dns('UpdateHealthCheck', { HealthCheckId: 'none', Inverted: false }),

  ...arc('GetRoutingControlState', { RoutingControlArn: control }, { RoutingControlArn: `${control}-none` }),
  ...arc('UpdateRoutingControlStates', {
    UpdateRoutingControlStateEntries: [{ RoutingControlArn: control, RoutingControlState: 'Off' }],
    SafetyRulesToOverride: [],
  }),

  ...s3('PutObject', {
    Bucket: 'claims',
    Key: 'shop/claim text',
    Body: 'epoch 7, über',
    ContentType: 'text/plain',
    IfNoneMatch: '*',
  }),
  ...s3('PutObject', {
    Bucket: 'claims',
    Key: 'shop/claim text',
    Body: 'epoch 8',
    ContentType: 'text/plain',
    IfNoneMatch: '*',
  }),
  ...s3('PutObject', {
    Bucket: 'claims',
    Key: 'shop/claim text',
    Body: 'epoch 8',
    ContentType: 'text/plain',
    IfMatch: '"no such"',
  }),
  ...s3(
    'GetObject',
    { Bucket: 'claims', Key: 'shop/claim text' },
    { Bucket: 'claims', Key: 'none' },
    { Bucket: 'none', Key: 'a' },
  ),

  ...watch('PutMetricData', {
    Namespace: 'Understudy',
    MetricData: [{ ...metric, Namespace: undefined, Timestamp: at, Value: 0.25 }],
  }),
  ...watch('GetMetricStatistics', { ...metric, ...period, Period: 60, Statistics: ['Average', 'Maximum'] }),
  ...watch('GetMetricData', {
    MetricDataQueries: [{ Id: 'lag', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } }],
    ...period,
  }),
  ...watch('PutMetricAlarm', {
    AlarmName: 'shop-primary-fails',
    ...metric,
    Statistic: 'Minimum',
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'missing',
    AlarmActions: [],
  }),
  ...watch('SetAlarmState', { AlarmName: 'shop-primary-fails', StateValue: 'ALARM', StateReason: 'a person' }),
  ...watch('SetAlarmState', { AlarmName: 'none', StateValue: 'ALARM', StateReason: 'a person' }),
  ...watch('DescribeAlarms', {}, { AlarmNames: ['shop-primary-fails'] }, { StateValue: 'OK' }, { NextToken: 'x' }),
  ...watch('DeleteAlarms', { AlarmNames: ['shop-primary-fails'] }, { AlarmNames: ['none'] }),

  ...events(
    'PutRule',
    { Name: 'alarms', EventPattern: '{"source":["aws.cloudwatch"]}' },
    { Name: 'x', EventPattern: '{' },
  ),
  ...events('PutTargets', { Rule: 'alarms', Targets: [{ Id: 'a', Arn: `arn:aws:lambda:${primary}:1:function:a` }] }),
  ...events('DescribeRule', { Name: 'alarms' }, { Name: 'none' }),
  ...events('DisableRule', { Name: 'alarms' }),
  ...events('EnableRule', { Name: 'alarms' }),
  ...events('DescribeRule', { Name: 'alarms', EventBusName: 'default' }, { Name: 'alarms', EventBusName: 'other' }),
  ...lambda('GetEventSourceMapping', { UUID: 'm-1' }, { UUID: 'none' }),
  ...lambda('UpdateEventSourceMapping', { UUID: 'm-1', Enabled: false }, { UUID: 'none', Enabled: false }),
  ...scheduler('GetSchedule', { Name: 'nightly' }, { Name: 'none', GroupName: 'default' }),
  ...scheduler('UpdateSchedule', {
    Name: 'nightly',
    GroupName: 'default',
    ScheduleExpression: 'rate(1 day)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    ClientToken: 'token-1',
    EndDate: new Date('2027-01-01T00:00:00Z'),
    Description: 'a & b',
    State: 'DISABLED',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
    Target: {
      Arn: 'arn:aws:sqs:eu-west-1:1:q',
      RoleArn: 'arn:aws:iam::1:role/r',
      SqsParameters: { MessageGroupId: 'g' },
    },
    ActionAfterCompletion: 'NONE',
  }),
  ...scheduler('GetSchedule', { Name: 'nightly', GroupName: 'default' }),
  ...events('PutEvents', { Entries: [{ Source: 'shop', DetailType: 'order', Detail: '{"id":1}', Resources: ['r'] }] }),

  ...sns('Publish', {
    TopicArn: `arn:aws:sns:${primary}:123456789012:shop`,
    Message: 'über & <all>',
    Subject: 'Failover',
  }),
  ...sns('Publish', { TopicArn: `arn:aws:sns:${primary}:123456789012:none`, Message: 'nobody' }),

  ...table('PutItem', {
    TableName: 'coordination',
    Item: { ...key, epoch: { N: '7' }, done: { BOOL: false }, tags: { L: [{ NULL: true }, { M: { a: { S: 'b' } } }] } },
  }),
  ...table('PutItem', {
    TableName: 'coordination',
    Item: key,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }),
  ...table('UpdateItem', {
    TableName: 'coordination',
    Key: key,
    UpdateExpression: 'SET #e = :e',
    ConditionExpression: '#e < :e',
    ExpressionAttributeNames: { '#e': 'epoch' },
    ExpressionAttributeValues: { ':e': { N: '8' } },
    ReturnValues: 'ALL_NEW',
  }),
  ...table('GetItem', { TableName: 'coordination', Key: key, ConsistentRead: true }, { TableName: 'none', Key: key }),
  ...table('Query', {
    TableName: 'coordination',
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'app#shop' } },
  }),
  ...table('DeleteItem', { TableName: 'coordination', Key: key, ReturnValues: 'ALL_OLD' }),
  ...table('TransactWriteItems', {
    TransactItems: [{ Put: { TableName: 'coordination', Item: key } }],
    ClientRequestToken: 't',
  }),

  ...states('StartExecution', { stateMachineArn: machine, name: 'run-1', input: '{"application":"shop"}' }),
  ...states('StartExecution', { stateMachineArn: machine, name: 'run-1', input: '{"application":"other"}' }),
  ...states('StartExecution', { stateMachineArn: `${machine}-none`, name: 'run-1' }),
  ...states('DescribeExecution', { executionArn: execution }, { executionArn: `${execution}-none` }),
  ...states('ListExecutions', { stateMachineArn: machine, maxResults: 10 }),
  ...states('DescribeStateMachine', { stateMachineArn: machine }),
  ...states('ListStateMachines', { maxResults: 10 }),
  ...states('StopExecution', { executionArn: execution, error: 'Person', cause: 'enough' }),
  ...states('GetExecutionHistory', { executionArn: execution, maxResults: 1, includeExecutionData: false }),
];
