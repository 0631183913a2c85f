import {
  ConflictException,
  EndpointTemporarilyUnavailableException,
  type GetRoutingControlStateCommandInput,
  ResourceNotFoundException,
  type UpdateRoutingControlStatesCommandInput,
  ValidationException,
} from '@aws-sdk/client-route53-recovery-cluster';
import { type SafetyRule, violates } from './arc/safety-rules.ts';
import { fault } from './errors.ts';
import type { CallPlace, Host, Service } from './host.ts';

export interface ClusterSeed {
  /** The Regions of the five endpoints. */
  readonly regions: readonly string[];
  /** Which controls there are, by ARN, and whether they are on. */
  readonly controls: Readonly<Record<string, boolean>>;
  readonly rules?: readonly SafetyRule[];
}

/** "at least three out of the five Regional cluster endpoints" – routing-control.update.api.html */
const quorum = 3;
const entriesMax = 10;

/** Routing controls of Amazon Application Recovery Controller: one cluster that answers at five Regional endpoints. */
export class RoutingControls implements Service {
  readonly operations = {
    GetRoutingControlState: (input: GetRoutingControlStateCommandInput, { region }: CallPlace) => {
      this.#answering(region);
      return this.#get(input.RoutingControlArn);
    },
    UpdateRoutingControlStates: (input: UpdateRoutingControlStatesCommandInput, { region }: CallPlace) => {
      this.#answering(region);
      this.#quorumAt(region);
      return this.#update(input);
    },
  };
  /** Endpoints that are under maintenance, by Region. */
  readonly resting = new Set<string>();
  readonly #host: Host;
  #regions: readonly string[] = [];
  #states: ReadonlyMap<string, boolean> = new Map();
  #rules: readonly SafetyRule[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  seedCluster({ controls, regions, rules = [] }: ClusterSeed): void {
    this.#regions = regions;
    this.#states = new Map(Object.entries(controls));
    this.#rules = rules;
  }

  /** The data plane: what a health check of type RECOVERY_CONTROL sees. */
  isOn(arn: string): boolean | undefined {
    return this.#states.get(arn);
  }

  #answering(region: string): void {
    if (this.#regions.includes(region) && !this.resting.has(region)) return;
    throw unavailable(`The endpoint in ${region} is temporarily unavailable.`);
  }

  #quorumAt(region: string): void {
    const inReach = this.#regions.filter((other) => !this.resting.has(other) && this.#host.isReachable(region, other));
    if (inReach.length < quorum) throw unavailable(`Only ${inReach.length} endpoints are in reach of ${region}.`);
  }

  #get(arn = ''): object {
    const state = this.#states.get(arn);
    if (state === undefined) throw notFound(arn);
    return { RoutingControlArn: arn, RoutingControlState: state ? 'On' : 'Off' };
  }

  #update({
    SafetyRulesToOverride = [],
    UpdateRoutingControlStateEntries: entries = [],
  }: UpdateRoutingControlStatesCommandInput) {
    if (entries.length > entriesMax) throw tooMany(entries.length);
    const after = new Map(this.#states);
    for (const { RoutingControlArn: arn = '', RoutingControlState: state } of entries) {
      if (!this.#states.has(arn)) throw notFound(arn);
      after.set(arn, state === 'On');
    }
    const broken = this.#rules.find(
      (rule) => !SafetyRulesToOverride.includes(rule.arn) && violates(rule, { before: this.#states, after }),
    );
    if (broken !== undefined) throw conflict(broken.arn);
    this.#states = after;
    return {};
  }
}

const unavailable = (message: string) => fault(EndpointTemporarilyUnavailableException, message, 503);

const conflict = (arn: string): ConflictException =>
  new ConflictException({
    message: `The change violates the safety rule ${arn}.`,
    resourceId: arn,
    resourceType: 'SafetyRule',
    $metadata: { httpStatusCode: 409 },
  });

const notFound = (arn: string): ResourceNotFoundException =>
  new ResourceNotFoundException({
    message: `There is no routing control ${arn}.`,
    resourceId: arn,
    resourceType: 'RoutingControl',
    $metadata: { httpStatusCode: 404 },
  });

const tooMany = (entries: number): ValidationException =>
  new ValidationException({
    message: `${entries} entries are more than ${entriesMax}.`,
    $metadata: { httpStatusCode: 400 },
  });
