import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import { simulatedServices } from '../commands.ts';

/** What the SDK's own client knows of its service's wire format. */
export interface WireService {
  /** As in lab/cloud/commands.ts: `RDS`, `SFN`. */
  readonly name: string;
  readonly signingName: string;
  /** The protocol that the client speaks, by its Smithy name: `aws.protocols#restXml`. */
  readonly protocol: string;
  readonly xmlNamespace: string;
  /** Names of all operations that are simulated. */
  readonly operations: readonly string[];
  operation(name: string): StaticOperationSchema | undefined;
  /** By the name of the exception: `DBInstanceNotFoundFault`. */
  error(name: string): StaticErrorSchema | undefined;
}

type Sdk = Readonly<Record<string, unknown>>;

/** Loaded when the endpoint opens: nobody else needs them all. */
const clients: Readonly<Record<string, () => Promise<Sdk>>> = {
  RDS: () => import('@aws-sdk/client-rds'),
  EC2: () => import('@aws-sdk/client-ec2'),
  ECS: () => import('@aws-sdk/client-ecs'),
  Route53: () => import('@aws-sdk/client-route-53'),
  Route53RecoveryCluster: () => import('@aws-sdk/client-route53-recovery-cluster'),
  S3: () => import('@aws-sdk/client-s3'),
  CloudWatch: () => import('@aws-sdk/client-cloudwatch'),
  EventBridge: () => import('@aws-sdk/client-eventbridge'),
  Lambda: () => import('@aws-sdk/client-lambda'),
  Scheduler: () => import('@aws-sdk/client-scheduler'),
  SNS: () => import('@aws-sdk/client-sns'),
  DynamoDB: () => import('@aws-sdk/client-dynamodb'),
  SFN: () => import('@aws-sdk/client-sfn'),
};

/** Every simulated service by its signing name. @throws Error when one has no client in the table above */
export async function loadServices(): Promise<ReadonlyMap<string, WireService>> {
  const services = await Promise.all(Object.keys(simulatedServices).map(loadService));
  return new Map(services.map((service) => [service.signingName, service]));
}

/** What the client's configuration holds; semi-internal, hence the pinned versions. */
interface ClientConfig {
  readonly defaultSigningName: string;
  readonly protocol: { getShapeId(): string };
  readonly protocolSettings: { readonly xmlNamespace?: string };
}

type ClientClass = new (options: object) => { readonly config: ClientConfig };

async function loadService(name: string): Promise<WireService> {
  const sdk = await clients[name]?.();
  if (sdk === undefined) throw new Error(`lab/cloud/endpoint/services.ts names no SDK client for ${name}`);
  const Client = sdk[`${name}Client`] as ClientClass;
  const { config } = new Client({ region: 'us-east-1', credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' } });
  const operations = Object.keys(simulatedServices[name]?.commands ?? {});
  return {
    name,
    operations,
    signingName: config.defaultSigningName,
    protocol: config.protocol.getShapeId(),
    xmlNamespace: config.protocolSettings.xmlNamespace ?? '',
    // The SDK exports the schema of `Name` as `Name$`.
    operation: (operation) =>
      operations.includes(operation) ? (sdk[`${operation}$`] as StaticOperationSchema) : undefined,
    error: (error) => sdk[`${error}$`] as StaticErrorSchema | undefined,
  };
}
