import {
  type Cluster,
  ClusterNotFoundException,
  type DescribeClustersCommandInput,
  type DescribeServicesCommandInput,
  type Failure,
  InvalidParameterException,
  type ServiceEvent,
  ServiceNotFoundException,
  type Service as ServiceShape,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { fault } from './errors.ts';
import { arn, type Host, type Service, timestamp } from './host.ts';

export interface ClusterSeed {
  readonly name: string;
  /** How many tasks fit; unlimited when left out. */
  readonly capacity?: number;
}

export interface ServiceSeed {
  readonly cluster: string;
  readonly name: string;
  readonly desiredCount: number;
}

interface ClusterState {
  readonly name: string;
  capacity: number;
  readonly services: Map<string, ServiceState>;
}

interface ServiceState {
  readonly cluster: ClusterState;
  readonly name: string;
  readonly createdAt: Date;
  readonly events: ServiceEvent[];
  desired: number;
  /** Tasks that found a place; the rest of `desired` stays pending. */
  placed: number;
  rollout: 'COMPLETED' | 'IN_PROGRESS';
  updatedAt: Date;
  settling: boolean;
}

/** Amazon ECS in one Region. Running counts follow the substrate. */
export class Ecs implements Service {
  readonly operations = {
    DescribeClusters: (input: DescribeClustersCommandInput) => this.#describeClusters(input),
    DescribeServices: (input: DescribeServicesCommandInput) => this.#describeServices(input),
    UpdateService: (input: UpdateServiceCommandInput) => this.#update(input),
  };
  readonly #host: Host;
  readonly #region: string;
  readonly #clusters = new Map<string, ClusterState>();

  constructor(host: Host, region: string) {
    this.#host = host;
    this.#region = region;
  }

  seedCluster(seed: ClusterSeed): void {
    const capacity = seed.capacity ?? Number.POSITIVE_INFINITY;
    this.#clusters.set(seed.name, { name: seed.name, capacity, services: new Map() });
  }

  /** Adds a service whose tasks are asked of the substrate at once. */
  seedService(seed: ServiceSeed): void {
    const cluster = this.#cluster(seed.cluster);
    const now = timestamp(this.#host);
    const service: ServiceState = {
      cluster,
      name: seed.name,
      createdAt: now,
      updatedAt: now,
      events: [],
      desired: seed.desiredCount,
      placed: 0,
      rollout: 'COMPLETED',
      settling: false,
    };
    cluster.services.set(seed.name, service);
    this.#settleSoon(service);
  }

  /** Capacity that returns is used at once by the tasks that wait for it. */
  setCapacity(cluster: string, capacity: number): void {
    const state = this.#cluster(cluster);
    state.capacity = capacity;
    for (const service of state.services.values()) this.#settleSoon(service);
  }

  service(cluster: string, name: string): ServiceShape {
    return this.#describe(this.#service(this.#cluster(cluster), name));
  }

  #describeClusters(input: DescribeClustersCommandInput): { clusters: Cluster[]; failures: Failure[] } {
    const wanted = (input.clusters ?? ['default']).map(lastPart);
    const found = wanted.flatMap((name) => this.#clusters.get(name) ?? []);
    const clusters = found.map(({ name, services }) => ({
      clusterName: name,
      clusterArn: this.#arn(`cluster/${name}`),
      status: 'ACTIVE',
      activeServicesCount: services.size,
    }));
    return {
      clusters,
      failures: this.#missing(
        wanted.filter((name) => !this.#clusters.has(name)),
        'cluster',
      ),
    };
  }

  #describeServices(input: DescribeServicesCommandInput): { services: ServiceShape[]; failures: Failure[] } {
    const cluster = this.#cluster(input.cluster);
    const wanted = (input.services ?? []).map(lastPart);
    if (wanted.length === 0) throw fault(InvalidParameterException, 'Services cannot be empty.');
    if (wanted.length > 10) throw fault(InvalidParameterException, 'Services cannot have more than 10 elements.');
    const services = wanted.flatMap((name) => cluster.services.get(name) ?? []).map((state) => this.#describe(state));
    const missing = wanted.filter((name) => !cluster.services.has(name)).map((name) => `${cluster.name}/${name}`);
    return { services, failures: this.#missing(missing, 'service') };
  }

  #update(input: UpdateServiceCommandInput): { service: ServiceShape } {
    const service = this.#service(this.#cluster(input.cluster), lastPart(input.service ?? ''));
    if ((input.desiredCount ?? 0) < 0) throw fault(InvalidParameterException, 'desiredCount cannot be negative.');
    service.desired = input.desiredCount ?? service.desired;
    service.updatedAt = timestamp(this.#host);
    if (input.forceNewDeployment === true) service.rollout = 'IN_PROGRESS';
    this.#settleSoon(service);
    return { service: this.#describe(service) };
  }

  #settleSoon(service: ServiceState): void {
    const free = freePlaces(service);
    service.placed = Math.min(service.desired, free);
    if (service.desired > free) this.#event(service, 'was unable to place a task. Reason: Capacity is unavailable.');
    if (service.settling) return;
    service.settling = true;
    this.#host.background(() => this.#settle(service));
  }

  /** One at a time for each service: a count that changes meanwhile is asked of the substrate next. */
  async #settle(service: ServiceState): Promise<void> {
    const ref = { region: this.#region, cluster: service.cluster.name, service: service.name };
    try {
      for (let asked = -1; asked !== service.placed; ) {
        await this.#host.up(this.#region);
        asked = service.placed;
        await this.#host.substrate.setTaskCount(ref, asked);
      }
    } finally {
      service.settling = false;
    }
    if (this.#running(service) !== service.desired) return;
    service.rollout = 'COMPLETED';
    this.#event(service, 'has reached a steady state.');
  }

  #describe(service: ServiceState): ServiceShape {
    const runningCount = this.#running(service);
    const pendingCount = Math.max(0, service.desired - runningCount);
    const counts = { desiredCount: service.desired, runningCount, pendingCount };
    const { createdAt, updatedAt, rollout } = service;
    const deployment = {
      id: `ecs-svc/${service.name}`,
      status: 'PRIMARY',
      createdAt,
      updatedAt,
      rolloutState: rollout,
    };
    return {
      serviceName: service.name,
      serviceArn: this.#arn(`service/${service.cluster.name}/${service.name}`),
      clusterArn: this.#arn(`cluster/${service.cluster.name}`),
      status: 'ACTIVE',
      ...counts,
      deployments: [{ ...deployment, ...counts, failedTasks: 0 }],
      events: service.events.slice(0, 100),
      createdAt,
    };
  }

  #running(service: ServiceState): number {
    const ref = { region: this.#region, cluster: service.cluster.name, service: service.name };
    return this.#host.substrate.runningTasks(ref);
  }

  #event(service: ServiceState, what: string): void {
    const message = `(service ${service.name}) ${what}`;
    service.events.unshift({ id: this.#host.newId(), createdAt: timestamp(this.#host), message });
  }

  #cluster(nameOrArn: string | undefined): ClusterState {
    const cluster = this.#clusters.get(lastPart(nameOrArn ?? 'default'));
    if (cluster === undefined) throw fault(ClusterNotFoundException, 'Cluster not found.');
    return cluster;
  }

  #service(cluster: ClusterState, name: string): ServiceState {
    const service = cluster.services.get(name);
    if (service === undefined) throw fault(ServiceNotFoundException, 'Service not found.');
    return service;
  }

  #missing(names: readonly string[], type: string): Failure[] {
    return names.map((name) => ({ arn: this.#arn(`${type}/${name}`), reason: 'MISSING' }));
  }

  #arn(resource: string): string {
    return arn(this.#host, this.#region, ['ecs', resource]);
  }
}

function freePlaces(service: ServiceState): number {
  const others = [...service.cluster.services.values()].filter((other) => other !== service);
  return Math.max(0, service.cluster.capacity - others.reduce((sum, other) => sum + other.placed, 0));
}

const lastPart = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;
