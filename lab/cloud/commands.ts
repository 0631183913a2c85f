/**
 * Every operation the simulated cloud knows, in one table: whether it changes anything, and which input fields are
 * simulated. An unlisted command or field is refused, because an ignored field would be a silent lie.
 */
export interface Command {
  readonly mutating: boolean;
  readonly fields: readonly string[];
}

export interface SimulatedService {
  /** Where to add what is missing. */
  readonly file: string;
  readonly commands: Readonly<Record<string, Command>>;
}

const reads = (...fields: readonly string[]): Command => ({ mutating: false, fields });
const writes = (...fields: readonly string[]): Command => ({ mutating: true, fields });

const expressionFields = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];
const conditionFields = ['ConditionExpression', 'ReturnValues', 'ReturnValuesOnConditionCheckFailure'];

export const simulatedServices: Readonly<Record<string, SimulatedService>> = {
  RDS: {
    file: 'rds.ts',
    commands: {
      DescribeAccountAttributes: reads(),
      DescribeDBInstances: reads('DBInstanceIdentifier', 'MaxRecords', 'Marker'),
      PromoteReadReplica: writes('DBInstanceIdentifier', 'BackupRetentionPeriod'),
      StopDBInstance: writes('DBInstanceIdentifier'),
      StartDBInstance: writes('DBInstanceIdentifier'),
      ModifyDBInstance: writes(
        'DBInstanceIdentifier',
        'BackupRetentionPeriod',
        'DeletionProtection',
        'NewDBInstanceIdentifier',
        'ApplyImmediately',
      ),
      CreateDBInstanceReadReplica: writes(
        'DBInstanceIdentifier',
        'SourceDBInstanceIdentifier',
        'DBInstanceClass',
        'DBParameterGroupName',
        'OptionGroupName',
        'DBSubnetGroupName',
        'VpcSecurityGroupIds',
        'Port',
        'StorageType',
        'Iops',
        'StorageThroughput',
        'MaxAllocatedStorage',
        'KmsKeyId',
        'MultiAZ',
        'PubliclyAccessible',
        'EnableIAMDatabaseAuthentication',
        'CopyTagsToSnapshot',
        'EnableCloudwatchLogsExports',
        'DeletionProtection',
        'Tags',
      ),
      DeleteDBInstance: writes('DBInstanceIdentifier', 'SkipFinalSnapshot', 'DeleteAutomatedBackups'),
      CreateDBSnapshot: writes('DBInstanceIdentifier', 'DBSnapshotIdentifier'),
      DescribeDBSnapshots: reads('DBSnapshotIdentifier'),
    },
  },
  EC2: {
    file: 'ec2.ts',
    commands: {
      DescribeSecurityGroups: reads('GroupIds'),
      DescribeSecurityGroupRules: reads('Filters', 'MaxResults', 'NextToken'),
      RevokeSecurityGroupIngress: writes('GroupId', 'SecurityGroupRuleIds', 'IpPermissions'),
      AuthorizeSecurityGroupIngress: writes('GroupId', 'IpPermissions', 'TagSpecifications'),
    },
  },
  ECS: {
    file: 'ecs.ts',
    commands: {
      DescribeClusters: reads('clusters'),
      DescribeServices: reads('cluster', 'services'),
      UpdateService: writes('cluster', 'service', 'desiredCount', 'forceNewDeployment'),
    },
  },
  Route53: {
    file: 'route53.ts',
    commands: {
      GetHostedZone: reads('Id'),
      ListResourceRecordSets: reads(
        'HostedZoneId',
        'StartRecordName',
        'StartRecordType',
        'StartRecordIdentifier',
        'MaxItems',
      ),
      ChangeResourceRecordSets: writes('HostedZoneId', 'ChangeBatch'),
      GetChange: reads('Id'),
      CreateHealthCheck: writes('CallerReference', 'HealthCheckConfig'),
      GetHealthCheck: reads('HealthCheckId'),
      GetHealthCheckStatus: reads('HealthCheckId'),
      UpdateHealthCheck: writes(
        'HealthCheckId',
        'HealthCheckVersion',
        'IPAddress',
        'Port',
        'ResourcePath',
        'FullyQualifiedDomainName',
        'FailureThreshold',
        'Inverted',
        'Disabled',
        'HealthThreshold',
        'ChildHealthChecks',
        'AlarmIdentifier',
        'InsufficientDataHealthStatus',
      ),
    },
  },
  Route53RecoveryCluster: {
    file: 'arc.ts',
    commands: {
      GetRoutingControlState: reads('RoutingControlArn'),
      UpdateRoutingControlStates: writes('UpdateRoutingControlStateEntries', 'SafetyRulesToOverride'),
    },
  },
  CloudWatch: {
    file: 'cloudwatch.ts',
    commands: {
      PutMetricData: writes('Namespace', 'MetricData'),
      GetMetricData: reads('MetricDataQueries', 'StartTime', 'EndTime', 'NextToken', 'ScanBy', 'MaxDatapoints'),
      GetMetricStatistics: reads(
        'Namespace',
        'MetricName',
        'Dimensions',
        'StartTime',
        'EndTime',
        'Period',
        'Statistics',
      ),
      PutMetricAlarm: writes(
        'AlarmName',
        'AlarmDescription',
        'ActionsEnabled',
        'AlarmActions',
        'OKActions',
        'InsufficientDataActions',
        'Namespace',
        'MetricName',
        'Dimensions',
        'Statistic',
        'Period',
        'EvaluationPeriods',
        'DatapointsToAlarm',
        'Threshold',
        'ComparisonOperator',
        'TreatMissingData',
      ),
      DescribeAlarms: reads('AlarmNames', 'AlarmNamePrefix', 'StateValue', 'MaxRecords', 'NextToken', 'AlarmTypes'),
      SetAlarmState: writes('AlarmName', 'StateValue', 'StateReason', 'StateReasonData'),
      DeleteAlarms: writes('AlarmNames'),
    },
  },
  EventBridge: {
    file: 'eventbridge.ts',
    commands: {
      PutRule: writes('Name', 'EventPattern', 'State', 'Description'),
      PutTargets: writes('Rule', 'Targets'),
      PutEvents: writes('Entries'),
      DescribeRule: reads('Name', 'EventBusName'),
      EnableRule: writes('Name', 'EventBusName'),
      DisableRule: writes('Name', 'EventBusName'),
    },
  },
  Lambda: {
    file: 'event-source-mappings.ts',
    commands: {
      GetEventSourceMapping: reads('UUID'),
      UpdateEventSourceMapping: writes('UUID', 'Enabled'),
    },
  },
  Scheduler: {
    file: 'schedules.ts',
    commands: {
      GetSchedule: reads('Name', 'GroupName'),
      UpdateSchedule: writes(
        'Name',
        'GroupName',
        'ScheduleExpression',
        'ScheduleExpressionTimezone',
        'StartDate',
        'EndDate',
        'Description',
        'State',
        'KmsKeyArn',
        'Target',
        'FlexibleTimeWindow',
        'ActionAfterCompletion',
        // Added by the SDK itself.
        'ClientToken',
      ),
    },
  },
  S3: {
    file: 's3.ts',
    commands: {
      // The two about checksums are added by the SDK itself.
      GetObject: reads('Bucket', 'Key', 'ChecksumMode'),
      PutObject: writes('Bucket', 'Key', 'Body', 'ContentType', 'IfMatch', 'IfNoneMatch', 'ChecksumAlgorithm'),
    },
  },
  SNS: {
    file: 'sns.ts',
    commands: { Publish: writes('TopicArn', 'Message', 'Subject', 'MessageAttributes') },
  },
  DynamoDB: {
    file: 'dynamodb.ts',
    commands: {
      GetItem: reads('TableName', 'Key', 'ConsistentRead'),
      PutItem: writes('TableName', 'Item', ...conditionFields, ...expressionFields),
      UpdateItem: writes('TableName', 'Key', 'UpdateExpression', ...conditionFields, ...expressionFields),
      DeleteItem: writes('TableName', 'Key', ...conditionFields, ...expressionFields),
      Query: reads(
        'TableName',
        'KeyConditionExpression',
        'FilterExpression',
        'ConsistentRead',
        'ScanIndexForward',
        'Limit',
        'ExclusiveStartKey',
        ...expressionFields,
      ),
      TransactWriteItems: writes('TransactItems', 'ClientRequestToken'),
    },
  },
  SFN: {
    file: 'sfn.ts',
    commands: {
      StartExecution: writes('stateMachineArn', 'name', 'input'),
      DescribeExecution: reads('executionArn'),
      ListStateMachines: reads('maxResults', 'nextToken'),
      ListExecutions: reads('stateMachineArn', 'statusFilter', 'maxResults', 'nextToken'),
      StopExecution: writes('executionArn', 'error', 'cause'),
      DescribeStateMachine: reads('stateMachineArn'),
      GetExecutionHistory: reads('executionArn', 'maxResults', 'nextToken', 'reverseOrder', 'includeExecutionData'),
    },
  },
};

export const findCommand = (service: string, command: string): Command | undefined =>
  simulatedServices[service]?.commands[command];
