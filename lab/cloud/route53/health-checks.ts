import {
  type CreateHealthCheckCommandInput,
  type HealthCheck,
  HealthCheckAlreadyExists,
  type HealthCheckConfig,
  HealthCheckVersionMismatch,
  InvalidInput,
  NoSuchHealthCheck,
  type UpdateHealthCheckCommandInput,
} from '@aws-sdk/client-route-53';
import type { AlarmState } from '../cloudwatch/evaluation.ts';
import { fault, notSimulated } from '../errors.ts';
import { type Host, pause, rest, timestamp } from '../host.ts';
import type { WebAnswer } from '../s3.ts';
import type { ProbeTarget } from '../substrate.ts';

/** What health checkers can learn about the rest of AWS; undefined: nothing. */
export interface Surroundings {
  /** The state of an alarm in its Region. */
  readonly alarm: (region: string, name: string) => AlarmState | undefined;
  /** What an address of AWS itself answers; `elsewhere` for every other one, which the substrate probes. */
  readonly web: (host: string, path: string) => WebAnswer | 'elsewhere' | undefined;
  /** Whether a routing control of ARC is on. */
  readonly routingControl: (arn: string) => boolean | undefined;
}

interface State {
  readonly id: string;
  readonly callerReference: string;
  /** What the control plane shows. */
  config: HealthCheckConfig;
  /** What the checkers follow; catches up with `config` like a record change. */
  effective: HealthCheckConfig;
  version: number;
  /** An endpoint that was never probed counts as healthy. */
  passing: boolean;
  streak: number;
  lastReport: { readonly Status: string; readonly CheckedTime: Date } | undefined;
  lastAlarm: boolean;
}

const endpointTypes: readonly string[] = ['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP'];
const types: readonly string[] = [...endpointTypes, 'CALCULATED', 'CLOUDWATCH_METRIC', 'RECOVERY_CONTROL'];

/** "searches the first 5,120 bytes of the response body" – API_HealthCheckConfig */
const searchedBytes = 5_120;

/** Route 53 health checks: their control plane, and the global checkers that go on whatever Region is lost. */
export class HealthChecks {
  readonly #host: Host;
  readonly #around: Surroundings;
  readonly #checks = new Map<string, State>();

  constructor(host: Host, around: Surroundings) {
    this.#host = host;
    this.#around = around;
  }

  has(id: string): boolean {
    return this.#checks.has(id);
  }

  /** "After you disable a health check, Route 53 considers the status to always be healthy." Inversion comes last. */
  isHealthy(id: string): boolean {
    const check = this.#checks.get(id);
    if (check === undefined) return true;
    const { Disabled, Inverted } = check.effective;
    return (Disabled === true || this.#measured(check)) !== (Inverted === true);
  }

  create(input: CreateHealthCheckCommandInput): { HealthCheck: HealthCheck; Location: string } {
    const config = input.HealthCheckConfig ?? { Type: undefined };
    const callerReference = input.CallerReference ?? '';
    const existing = [...this.#checks.values()].find((check) => check.callerReference === callerReference);
    if (existing !== undefined && JSON.stringify(existing.config) !== JSON.stringify(config)) {
      throw fault(HealthCheckAlreadyExists, 'A health check with this caller reference has other settings.', 409);
    }
    const check = existing ?? this.#add(callerReference, config);
    return { HealthCheck: shape(check), Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${check.id}` };
  }

  get(id: string | undefined): { HealthCheck: HealthCheck } {
    return { HealthCheck: shape(this.#find(id)) };
  }

  status(id: string | undefined): object {
    const check = this.#find(id);
    if (!endpointTypes.includes(check.config.Type ?? '')) {
      throw fault(InvalidInput, `Health checks of type ${check.config.Type} have no status reports.`);
    }
    const report = check.lastReport;
    return {
      HealthCheckObservations: report ? [{ Region: 'us-east-1', IPAddress: '192.0.2.1', StatusReport: report }] : [],
    };
  }

  update(input: UpdateHealthCheckCommandInput): { HealthCheck: HealthCheck } {
    const { HealthCheckId, HealthCheckVersion, ...settings } = input;
    const check = this.#find(HealthCheckId);
    if (HealthCheckVersion !== undefined && HealthCheckVersion !== check.version) {
      throw fault(HealthCheckVersionMismatch, `The current version is ${check.version}.`, 409);
    }
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    const config = { ...check.config, ...Object.fromEntries(given) };
    check.config = config;
    check.version += 1;
    this.#host.background(async () => {
      await pause(this.#host, this.#host.random() * this.#host.settings.propagationMs);
      check.effective = config;
    });
    return { HealthCheck: shape(check) };
  }

  #add(callerReference: string, config: HealthCheckConfig): State {
    const id = this.#host.newId();
    const check: State = {
      id,
      callerReference,
      config,
      effective: config,
      version: 1,
      passing: true,
      streak: 0,
      lastReport: undefined,
      lastAlarm: true,
    };
    const type = config.Type ?? '';
    if (!types.includes(type)) {
      throw notSimulated('Route53', `health check type ${type}`);
    }
    this.#checks.set(id, check);
    if (endpointTypes.includes(type)) this.#host.background(() => this.#probeLoop(check));
    return check;
  }

  async #probeLoop(check: State): Promise<void> {
    const intervalMs = (check.config.RequestInterval ?? 30) * 1000 * this.#host.settings.healthCheckTimeScale;
    while (!this.#host.stopping.aborted) {
      const passed = await this.#probe(targetOf(check.effective));
      learn(check, passed);
      const Status = passed ? 'Success: the endpoint answered' : 'Failure: the endpoint did not answer';
      check.lastReport = { Status, CheckedTime: timestamp(this.#host) };
      await rest(this.#host, intervalMs);
    }
  }

  async #probe(target: ProbeTarget): Promise<boolean> {
    const answer = this.#around.web(target.host, target.path ?? '');
    return answer === 'elsewhere' ? this.#host.substrate.probe(target) : answer !== undefined && isWell(answer, target);
  }

  #measured(check: State): boolean {
    const { Type, ChildHealthChecks = [], HealthThreshold = 0, RoutingControlArn = '' } = check.effective;
    if (Type === 'RECOVERY_CONTROL') return this.#around.routingControl(RoutingControlArn) === true;
    if (Type === 'CALCULATED') return ChildHealthChecks.filter((id) => this.isHealthy(id)).length >= HealthThreshold;
    return Type === 'CLOUDWATCH_METRIC' ? this.#alarmHealth(check) : check.passing;
  }

  #alarmHealth(check: State): boolean {
    const { AlarmIdentifier: alarm, InsufficientDataHealthStatus: unknown } = check.effective;
    const state = this.#around.alarm(alarm?.Region ?? '', alarm?.Name ?? '');
    if (state === 'OK' || state === 'ALARM') {
      check.lastAlarm = state === 'OK';
      return check.lastAlarm;
    }
    return unknown === 'LastKnownStatus' ? check.lastAlarm : unknown !== 'Unhealthy';
  }

  #find(id: string | undefined): State {
    const check = this.#checks.get(id ?? '');
    if (check === undefined) throw fault(NoSuchHealthCheck, `No health check exists with the specified ID ${id}`, 404);
    return check;
  }
}

/** It takes FailureThreshold consecutive probes to change the verdict, in either direction. */
function learn(check: State, passed: boolean): void {
  check.streak = passed === check.passing ? 0 : check.streak + 1;
  if (check.streak < (check.effective.FailureThreshold ?? 3)) return;
  check.passing = passed;
  check.streak = 0;
}

const isWell = ({ body, status }: WebAnswer, { search = '' }: ProbeTarget): boolean =>
  status >= 200 && status < 400 && Buffer.from(body).subarray(0, searchedBytes).includes(search);

function targetOf(config: HealthCheckConfig): ProbeTarget {
  const protocol = config.Type?.replace('_STR_MATCH', '') as ProbeTarget['protocol'];
  const host = config.IPAddress ?? config.FullyQualifiedDomainName ?? '';
  const port = config.Port ?? (protocol === 'HTTPS' ? 443 : 80);
  const search = config.SearchString === undefined ? {} : { search: config.SearchString };
  return { protocol, host, port, ...(protocol === 'TCP' ? {} : { path: config.ResourcePath ?? '/' }), ...search };
}

const shape = (check: State): HealthCheck => ({
  Id: check.id,
  CallerReference: check.callerReference,
  HealthCheckConfig: check.config,
  HealthCheckVersion: check.version,
});
