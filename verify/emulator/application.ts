import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateDBInstanceCommand, CreateDBInstanceReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { fillDefinition } from '../../lab/asl/definition.ts';
import { systemClock } from '../../lab/cloud/system-clock.ts';
import { instances } from '../../lab/gameday/data.ts';
import { labRegions } from '../../lab/gameday/lab-regions.ts';
import { publicName } from '../../lab/gameday/public-name.ts';
import { tasksAt } from '../../lab/gameday/seed-application.ts';
import { coordinationTable, machineNames } from '../../lab/runtime.ts';
import { places } from '../../shared/domain/run.ts';
import { type MachineId, machineIds } from '../../shared/steps/contract.ts';
import { account, substitutions, topicName } from '../substitutions.ts';
import type { MakeClient } from './aws.ts';

export interface ApplicationOptions {
  readonly client: MakeClient;
  /** Where each place serves. */
  readonly addresses: Readonly<Record<'primary' | 'recovery', string>>;
  /** The texts of the state machines, placeholders open. */
  readonly machines: Readonly<Record<MachineId, string>>;
}

export interface SeededApplication {
  readonly zoneId: string;
  /** The door of each place's database. */
  readonly securityGroups: Readonly<Record<'primary' | 'recovery', string>>;
  readonly machineArns: Readonly<Record<MachineId, string>>;
}

const { primary, recovery } = labRegions;

/** The application of the lab, built in moto by ordinary calls of the SDK. */
export async function seedMoto(options: ApplicationOptions): Promise<SeededApplication> {
  const { client } = options;
  await seedDatabases(client);
  await seedServices(client);
  await client(SNSClient, recovery).send(new CreateTopicCommand({ Name: topicName }));
  await seedTable(client);
  await publishLag(client);
  const securityGroups = { primary: await seedDoor(client, primary), recovery: await seedDoor(client, recovery) };
  return { zoneId: await seedZone(options), securityGroups, machineArns: await seedMachines(options) };
}

async function seedDatabases(client: MakeClient): Promise<void> {
  const source = {
    DBInstanceIdentifier: instances.primary,
    DBInstanceClass: 'db.t4g.micro',
    Engine: 'postgres',
    AllocatedStorage: 20,
    MasterUsername: 'shop',
    MasterUserPassword: 'not a secret',
    BackupRetentionPeriod: 1,
  };
  await client(RDSClient, primary).send(new CreateDBInstanceCommand(source));
  const replica = {
    DBInstanceIdentifier: instances.recovery,
    SourceDBInstanceIdentifier: `arn:aws:rds:${primary}:${account}:db:${instances.primary}`,
  };
  await client(RDSClient, recovery).send(new CreateDBInstanceReadReplicaCommand(replica));
}

/** A security group with one inbound rule. @returns its id */
async function seedDoor(client: MakeClient, region: string): Promise<string> {
  const ec2 = client(EC2Client, region);
  const create = new CreateSecurityGroupCommand({ GroupName: 'orders-db', Description: 'the door of the database' });
  const { GroupId = '' } = await ec2.send(create);
  const rule = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.0.0.0/16' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  return GroupId;
}

async function seedServices(client: MakeClient): Promise<void> {
  const containerDefinitions = [{ name: 'orders', image: 'orders', memory: 128 }];
  for (const place of places) {
    const ecs = client(ECSClient, labRegions[place]);
    await ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'orders', containerDefinitions }));
    const service = { cluster: 'shop', serviceName: 'orders', taskDefinition: 'orders', desiredCount: tasksAt[place] };
    await ecs.send(new CreateServiceCommand(service));
  }
}

async function seedTable(client: MakeClient): Promise<void> {
  const table = new CreateTableCommand({
    TableName: coordinationTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  await client(DynamoDBClient, recovery).send(table);
}

const lagSamples = 20;

/** As RDS publishes it: a value a second, up to now. */
async function publishLag(client: MakeClient): Promise<void> {
  const now = systemClock.nowMs();
  const MetricData = Array.from({ length: lagSamples }, (_, secondsAgo) => ({
    MetricName: 'ReplicaLag',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instances.recovery }],
    Timestamp: new Date(now - 1000 * secondsAgo),
    Value: 0.1,
  }));
  await client(CloudWatchClient, recovery).send(new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData }));
}

async function seedZone({ addresses, client }: ApplicationOptions): Promise<string> {
  const route53 = client(Route53Client, recovery);
  const create = new CreateHostedZoneCommand({ Name: 'shop.test', CallerReference: 'verify' });
  const zoneId = (await route53.send(create)).HostedZone?.Id?.split('/').at(-1) ?? '';
  const Changes = places.map((place) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: {
      Name: publicName,
      Type: 'A' as const,
      TTL: 1,
      SetIdentifier: place,
      Weight: place === 'primary' ? 100 : 0,
      ResourceRecords: [{ Value: addresses[place] }],
    },
  }));
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
  return zoneId;
}

/**
 * moto copies a Region's executions with each start, and fails over those that have ended, so that it interprets one a
 * Region. Where a machine lies tells our functions nothing: the gateway runs all in the recovery Region.
 */
const machineRegions: Readonly<Record<MachineId, string>> = {
  failover: recovery,
  reprotect: labRegions.witness,
  failback: primary,
};

async function seedMachines({ client, machines }: ApplicationOptions): Promise<SeededApplication['machineArns']> {
  const created = machineIds.map(async (id) => {
    const name = machineNames[id];
    const definition = JSON.stringify(fillDefinition(machines[id], substitutions(recovery)));
    const roleArn = `arn:aws:iam::${account}:role/${name}`;
    const create = new CreateStateMachineCommand({ name, definition, roleArn });
    return [id, (await client(SFNClient, machineRegions[id]).send(create)).stateMachineArn ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(created)) as SeededApplication['machineArns'];
}
