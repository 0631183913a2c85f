import {
  type ChangeInfo,
  type ChangeResourceRecordSetsCommandInput,
  type CreateHealthCheckCommandInput,
  type HealthCheckConfig,
  InvalidChangeBatch,
  InvalidInput,
  type ListResourceRecordSetsCommandInput,
  NoSuchChange,
  NoSuchHostedZone,
  type ResourceRecordSet,
  type UpdateHealthCheckCommandInput,
} from '@aws-sdk/client-route-53';
import { fault } from './errors.ts';
import { type Host, pause, type Service, timestamp } from './host.ts';
import { type Answer, answerFrom, type Question } from './route53/answers.ts';
import { HealthChecks, type Surroundings } from './route53/health-checks.ts';
import { isWithin, normalName } from './route53/names.ts';
import {
  applyChanges,
  comesBefore,
  inOrder,
  normalRecord,
  position,
  type RecordSet,
  type Records,
  recordKey,
} from './route53/records.ts';
import { checkChanges, checkZone, type ZoneFacts } from './route53/validation.ts';

export interface ZoneSeed {
  /** As in the plan, e.g. `Z0123456789`. */
  readonly id: string;
  readonly name: string;
  readonly nameServers?: readonly string[];
  readonly records?: readonly ResourceRecordSet[];
}

interface Zone {
  readonly id: string;
  readonly name: string;
  readonly nameServers: readonly string[];
  /** What the control plane shows. */
  records: Records;
  recordsVersion: number;
  /** What the name servers answer from. */
  published: Records;
  publishedVersion: number;
}

type ById = { Id?: string | undefined };
type ByCheck = { HealthCheckId?: string | undefined };

const defaultNameServers = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.co.uk', 'ns-3.awsdns-03.com', 'ns-4.awsdns-04.net'];

/** Amazon Route 53: a control plane in us-east-1, and a data plane (answers, health checking) that is global. */
export class Route53 implements Service {
  readonly operations = {
    GetHostedZone: (input: ById) => this.#getZone(this.#zone(input.Id)),
    ListResourceRecordSets: (input: ListResourceRecordSetsCommandInput) => this.#list(input),
    ChangeResourceRecordSets: (input: ChangeResourceRecordSetsCommandInput) => this.#change(input),
    GetChange: (input: ById) => ({ ChangeInfo: this.#findChange(input.Id) }),
    CreateHealthCheck: (input: CreateHealthCheckCommandInput) => this.#healthChecks.create(input),
    GetHealthCheck: (input: ByCheck) => this.#healthChecks.get(input.HealthCheckId),
    GetHealthCheckStatus: (input: ByCheck) => this.#healthChecks.status(input.HealthCheckId),
    UpdateHealthCheck: (input: UpdateHealthCheckCommandInput) => this.#healthChecks.update(input),
  };
  readonly #host: Host;
  readonly #healthChecks: HealthChecks;
  readonly #zones = new Map<string, Zone>();
  readonly #changes = new Map<string, ChangeInfo>();

  constructor(host: Host, around: Surroundings) {
    this.#host = host;
    this.#healthChecks = new HealthChecks(host, around);
  }

  /** Adds a zone with its NS and SOA; seeded records are answered at once. */
  seedZone(seed: ZoneSeed): void {
    const name = normalName(seed.name);
    const nameServers = seed.nameServers ?? defaultNameServers;
    const soa = `${nameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
    const own: ResourceRecordSet[] = [
      { Name: name, Type: 'NS', TTL: 172_800, ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })) },
      { Name: name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: soa }] },
    ];
    const all = [...own, ...(seed.records ?? [])].map((record) => normalRecord(structuredClone(record)));
    const records: Records = new Map(all.map((record) => [recordKey(record), record]));
    const versions = { recordsVersion: 0, publishedVersion: 0 };
    this.#zones.set(seed.id, { id: seed.id, name, nameServers, records, published: records, ...versions });
  }

  /** @returns the id of the new health check */
  seedHealthCheck(callerReference: string, config: HealthCheckConfig): string {
    const { HealthCheck } = this.#healthChecks.create({ CallerReference: callerReference, HealthCheckConfig: config });
    return HealthCheck.Id ?? '';
  }

  /** The data plane: goes on when us-east-1 is lost. */
  answerQuestion(question: Question): Answer {
    const asked = normalName(question.name);
    const zones = [...this.#zones.values()].filter(({ name }) => isWithin(asked, name));
    const [zone] = zones.sort((a, b) => b.name.length - a.name.length);
    if (zone === undefined) return { authoritative: false, rcode: 'REFUSED', answers: [] };
    const context = { random: this.#host.random, isHealthy: this.isHealthy.bind(this) };
    return answerFrom({ name: zone.name, records: zone.published }, question, context);
  }

  /** What the DNS data plane believes of a health check now. */
  isHealthy(healthCheckId: string): boolean {
    return this.#healthChecks.isHealthy(healthCheckId);
  }

  #getZone(zone: Zone): object {
    return {
      HostedZone: {
        Id: `/hostedzone/${zone.id}`,
        Name: zone.name,
        CallerReference: zone.id,
        Config: { PrivateZone: false },
        ResourceRecordSetCount: zone.records.size,
      },
      DelegationSet: { NameServers: [...zone.nameServers] },
    };
  }

  #list(input: ListResourceRecordSetsCommandInput): object {
    const zone = this.#zone(input.HostedZoneId);
    const { StartRecordName: Name, StartRecordType: Type, StartRecordIdentifier: SetIdentifier } = input;
    if (Name === undefined && Type !== undefined) throw fault(InvalidInput, 'StartRecordType without StartRecordName');
    const start = Name === undefined ? undefined : position({ Name: normalName(Name), Type, SetIdentifier });
    const all = inOrder(zone.records).filter((record) => start === undefined || !comesBefore(position(record), start));
    const maxItems = Math.min(Number(input.MaxItems ?? 300), 300);
    const next = all[maxItems];
    return {
      ResourceRecordSets: all.slice(0, maxItems),
      MaxItems: maxItems,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : nextPage(next)),
    };
  }

  #change(input: ChangeResourceRecordSetsCommandInput): { ChangeInfo: ChangeInfo } {
    const zone = this.#zone(input.HostedZoneId);
    const changes = input.ChangeBatch?.Changes ?? [];
    const facts: ZoneFacts = { ...zone, hasHealthCheck: (id) => this.#healthChecks.has(id) };
    refuse(checkChanges(changes, facts));
    const applied = applyChanges(zone.records, changes);
    refuse(applied.messages);
    refuse(checkZone(applied.records, facts));
    zone.records = applied.records;
    zone.recordsVersion += 1;
    return { ChangeInfo: this.#propagate(zone, input.ChangeBatch?.Comment) };
  }

  #propagate(zone: Zone, comment: string | undefined): ChangeInfo {
    const { propagationMs } = this.#host.settings;
    const { records, recordsVersion } = zone;
    const change: ChangeInfo = {
      Id: `/change/C${this.#host.newId()}`,
      Status: 'PENDING',
      SubmittedAt: timestamp(this.#host),
      ...(comment === undefined ? {} : { Comment: comment }),
    };
    const publishAfterMs = this.#host.random() * propagationMs;
    this.#changes.set(withoutPrefix(change.Id), change);
    this.#host.background(async () => {
      await pause(this.#host, publishAfterMs);
      publish(zone, { records, recordsVersion });
      await pause(this.#host, propagationMs - publishAfterMs);
      change.Status = 'INSYNC';
    });
    return change;
  }

  #findChange(id: string | undefined): ChangeInfo {
    const change = this.#changes.get(withoutPrefix(id));
    if (change === undefined) throw fault(NoSuchChange, `Could not find resource with ID: ${id}`, 404);
    return change;
  }

  #zone(id: string | undefined): Zone {
    const zone = this.#zones.get(withoutPrefix(id));
    if (zone === undefined) throw fault(NoSuchHostedZone, `No hosted zone found with ID: ${id}`, 404);
    return zone;
  }
}

/** A change that propagates late never undoes a newer one. */
function publish(zone: Zone, { records, recordsVersion }: Pick<Zone, 'records' | 'recordsVersion'>): void {
  if (recordsVersion <= zone.publishedVersion) return;
  zone.published = records;
  zone.publishedVersion = recordsVersion;
}

function refuse(messages: readonly string[]): void {
  if (messages.length === 0) return;
  throw new InvalidChangeBatch({
    message: `[${messages.join(', ')}]`,
    messages: [...messages],
    $metadata: { httpStatusCode: 400 },
  });
}

const nextPage = (next: RecordSet): object => ({
  NextRecordName: next.Name,
  NextRecordType: next.Type,
  ...(next.SetIdentifier === undefined ? {} : { NextRecordIdentifier: next.SetIdentifier }),
});

const withoutPrefix = (id: string | undefined): string => (id ?? '').split('/').at(-1) ?? '';
