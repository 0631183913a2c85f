import { RoutingControls } from './arc.ts';
import { type CallBench, type CallRequest, takeCall } from './calls.ts';
import type { LabClock } from './clock.ts';
import { CloudWatch } from './cloudwatch.ts';
import { DynamoDb } from './dynamodb.ts';
import { Ec2 } from './ec2.ts';
import { Ecs } from './ecs.ts';
import type { Engine, TaskCall } from './engine.ts';
import { notSimulated } from './errors.ts';
import { EventSourceMappings } from './event-source-mappings.ts';
import { EventBridge } from './eventbridge.ts';
import type { ApiCall, Intercept, OnPerformed } from './history.ts';
import { arn, type Host, type Service } from './host.ts';
import { Lambda } from './lambda.ts';
import { Network } from './network.ts';
import { Rds } from './rds.ts';
import { Route53 } from './route53.ts';
import { bucketAt, S3, type WebAnswer } from './s3.ts';
import { Scheduler } from './scheduler.ts';
import { Schedules } from './schedules.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { StepFunctions } from './sfn.ts';
import { Sns } from './sns.ts';
import type { Substrate } from './substrate.ts';
import { performTask } from './task.ts';

export interface WorldOptions {
  readonly clock: LabClock;
  /** 0 ≤ random() < 1, seeded in the simulator. */
  readonly random: () => number;
  readonly substrate: Substrate;
  /** What interprets state machines; without it StartExecution fails loudly. */
  readonly engine?: Engine;
  readonly account?: string;
  readonly settings?: Partial<Settings>;
}

export interface Region {
  readonly name: string;
  readonly rds: Rds;
  readonly ec2: Ec2;
  readonly ecs: Ecs;
  readonly s3: S3;
  readonly sns: Sns;
  readonly eventBridge: EventBridge;
  readonly eventSourceMappings: EventSourceMappings;
  readonly schedules: Schedules;
  readonly cloudWatch: CloudWatch;
  readonly stepFunctions: StepFunctions;
  /** All that its endpoints serve, by the names of the SDK's clients. */
  readonly services: Readonly<Record<string, Service>>;
}

/** The simulated AWS control plane: plain state in memory, reached through real SDK clients (see wire.ts). */
export class World {
  /** Every attempt of every call, oldest first. */
  readonly history: ApiCall[] = [];
  /** Background work that failed: always a bug of the lab or its substrate, never of the code under test. */
  readonly troubles: Error[] = [];
  /** The one seam for faults. */
  intercept: Intercept | undefined;
  onPerformed: OnPerformed | undefined;
  readonly lambda: Lambda;
  readonly scheduler: Scheduler;
  readonly route53: Route53;
  readonly routingControls: RoutingControls;
  readonly dynamoDb: DynamoDb;
  readonly network = new Network();
  readonly host: Host;
  readonly #engine: Engine;
  readonly #regions = new Map<string, Region>();
  readonly #stop = new AbortController();

  constructor(options: WorldOptions) {
    this.host = makeHost(options, { network: this.network, troubles: this.troubles, stopping: this.#stop.signal });
    this.#engine = options.engine ?? missingEngine;
    this.lambda = new Lambda(this.host);
    this.scheduler = new Scheduler(this.host, this.lambda);
    this.dynamoDb = new DynamoDb(this.host);
    this.routingControls = new RoutingControls(this.host);
    this.route53 = new Route53(this.host, {
      alarm: (region, alarm) =>
        this.network.isLost(region) ? undefined : this.region(region).cloudWatch.alarmState(alarm),
      web: (host, path) => this.#web(host, path),
      routingControl: (arn) => this.routingControls.isOn(arn),
    });
  }

  /** A Region comes into being when it is first named. */
  region(name: string): Region {
    const region = this.#regions.get(name) ?? this.#makeRegion(name);
    this.#regions.set(name, region);
    return region;
  }

  rds(region: string): Rds {
    return this.region(region).rds;
  }

  ec2(region: string): Ec2 {
    return this.region(region).ec2;
  }

  ecs(region: string): Ecs {
    return this.region(region).ecs;
  }

  s3(region: string): S3 {
    return this.region(region).s3;
  }

  sns(region: string): Sns {
    return this.region(region).sns;
  }

  eventBridge(region: string): EventBridge {
    return this.region(region).eventBridge;
  }

  eventSourceMappings(region: string): EventSourceMappings {
    return this.region(region).eventSourceMappings;
  }

  schedules(region: string): Schedules {
    return this.region(region).schedules;
  }

  cloudWatch(region: string): CloudWatch {
    return this.region(region).cloudWatch;
  }

  stepFunctions(region: string): StepFunctions {
    return this.region(region).stepFunctions;
  }

  stateMachineArn(region: string, name: string): string {
    return arn(this.host, region, ['states', `stateMachine:${name}`]);
  }

  /** Nothing in the Region answers or moves until it is restored; what its functions were doing is abandoned. */
  loseRegion(name: string): void {
    this.network.lose(name);
  }

  restoreRegion(name: string): void {
    this.network.restore(name);
  }

  isReachable(fromRegion: string, toRegion: string): boolean {
    return this.network.isReachable(fromRegion, toRegion);
  }

  /** Ends alarms, schedules, health checkers and executions, so that a process can end. */
  stop(): void {
    this.#stop.abort();
    for (const { stepFunctions } of this.#regions.values()) stepFunctions.abandon();
  }

  /** Takes one API call; see takeCall(). */
  call(request: CallRequest, abortSignal?: AbortSignal): Promise<object> {
    return takeCall(this.#bench(), request, abortSignal);
  }

  #bench(): CallBench {
    const { host, history, intercept, onPerformed } = this;
    return { host, history, intercept, onPerformed, service: (name, region) => this.region(region).services[name] };
  }

  /** What the addresses of the simulated cloud answer to health checkers, which sit in no Region of ours. */
  #web(host: string, path: string): WebAnswer | 'elsewhere' | undefined {
    const at = bucketAt(host);
    if (at === undefined) return 'elsewhere';
    return this.network.isLost(at.region) ? undefined : this.s3(at.region).answerPublic(at.bucket, path.slice(1));
  }

  #makeRegion(name: string): Region {
    const { host } = this;
    const sns = new Sns(host, name);
    const eventBridge = new EventBridge(host, name, this.lambda);
    const cloudWatch = new CloudWatch({
      host,
      region: name,
      emit: (event) => void eventBridge.put(event),
      // An alarm's action that fails does not disturb the alarm.
      publish: (TopicArn, Message) => host.background(async () => void sns.operations.Publish({ TopicArn, Message })),
    });
    const invokeTask = (task: TaskCall): Promise<unknown> =>
      performTask(task, { region: name, lambda: this.lambda, call: (request) => this.call(request) });
    const stepFunctions = new StepFunctions({ host, region: name, engine: this.#engine, invokeTask });
    const rds = new Rds(host, name, () => [...this.#regions.values()].map((region) => region.rds));
    const [ec2, ecs, s3] = [new Ec2(host, name), new Ecs(host, name), new S3(host)];
    const [eventSourceMappings, schedules] = [new EventSourceMappings(host, name), new Schedules(host, name)];
    const services = {
      ...{ RDS: rds, EC2: ec2, ECS: ecs, S3: s3, SNS: sns, EventBridge: eventBridge, CloudWatch: cloudWatch },
      ...{ Lambda: eventSourceMappings, Scheduler: schedules, SFN: stepFunctions },
      ...{ Route53: this.route53, Route53RecoveryCluster: this.routingControls, DynamoDB: this.dynamoDb },
    };
    return {
      ...{ name, rds, ec2, ecs, s3, sns, eventBridge, eventSourceMappings, schedules, cloudWatch },
      ...{ stepFunctions, services },
    };
  }
}

interface HostParts {
  readonly network: Network;
  readonly troubles: Error[];
  readonly stopping: AbortSignal;
}

function makeHost(options: WorldOptions, { network, troubles, stopping }: HostParts): Host {
  const { clock, random, substrate, account = '123456789012' } = options;
  let ids = 0;
  return {
    clock,
    random,
    substrate,
    account,
    stopping,
    settings: { ...defaultSettings, ...options.settings },
    isLost: (region) => network.isLost(region),
    isReachable: (from, to) => network.isReachable(from, to),
    up: (region) => network.up(region),
    life: (region) => network.life(region),
    background: (work) => {
      work().catch((error: unknown) => troubles.push(error instanceof Error ? error : new Error(String(error))));
    },
    newId: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
  };
}

const missingEngine: Engine = () => {
  throw notSimulated('SFN', 'StartExecution without an engine');
};
