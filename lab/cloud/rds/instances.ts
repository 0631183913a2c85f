import {
  type DBInstance,
  DBInstanceAlreadyExistsFault,
  DBInstanceNotFoundFault,
  InvalidDBInstanceStateFault,
  RDSServiceException,
} from '@aws-sdk/client-rds';
import { fault } from '../errors.ts';
import { arn, type Host } from '../host.ts';
import type { DatabaseRef } from '../substrate.ts';

export type Instance = DBInstance & { DBInstanceIdentifier: string };
export type Answer = { DBInstance: DBInstance };

/** The DB instances of one Region, by identifier. */
export class Instances {
  readonly host: Host;
  readonly region: string;
  readonly #everywhere: () => readonly Instances[];
  readonly #byId = new Map<string, Instance>();
  /** Names that are promised to an instance which is being renamed. */
  readonly #promised = new Set<string>();
  #resources = 0;

  /** @param everywhere those of all Regions: a source shows its replicas wherever they are */
  constructor(host: Host, region: string, everywhere: () => readonly Instances[]) {
    this.host = host;
    this.region = region;
    this.#everywhere = everywhere;
  }

  all(): readonly Instance[] {
    return [...this.#byId.values()];
  }

  /** Puts an instance under the name it has, with what follows from that name. */
  add(instance: Instance): void {
    const id = instance.DBInstanceIdentifier;
    this.#resources += 1;
    const resource = `db-${this.region.toUpperCase()}-${this.#resources}`;
    this.#byId.set(id, Object.assign(instance, { DbiResourceId: resource, ...this.#namesOf(id), ...instance }));
  }

  /** Still the one that is known under its name: not deleted meanwhile. */
  has(instance: Instance): boolean {
    return this.#byId.get(instance.DBInstanceIdentifier) === instance;
  }

  /** @throws DBInstanceNotFoundFault */
  find(identifier: string | undefined): Instance {
    const id = (identifier ?? '').split(':').at(-1)?.toLowerCase() ?? '';
    const instance = this.#byId.get(id);
    if (instance === undefined) throw fault(DBInstanceNotFoundFault, `DBInstance ${id} not found.`, 404);
    return instance;
  }

  /** By ARN, wherever it is. @throws DBInstanceNotFoundFault */
  findAnywhere(sourceArn: string): { readonly at: Instances; readonly instance: Instance } {
    const region = sourceArn.split(':')[3];
    const at = this.#everywhere().find((one) => one.region === region) ?? this;
    return { at, instance: at.find(sourceArn) };
  }

  /** @throws DBInstanceAlreadyExistsFault */
  requireFree(identifier: string): void {
    if (!this.#byId.has(identifier) && !this.#promised.has(identifier)) return;
    throw fault(DBInstanceAlreadyExistsFault, 'DB instance already exists');
  }

  /** Nobody else gets the name from now on. */
  promise(identifier: string): void {
    this.requireFree(identifier);
    this.#promised.add(identifier);
  }

  /** "All read replicas associated with a DB instance remain associated" – User Guide, "Renaming a DB instance". */
  rename(instance: Instance, identifier: string): void {
    const before = instance.DBInstanceArn;
    this.#byId.delete(instance.DBInstanceIdentifier);
    this.#promised.delete(identifier);
    Object.assign(instance, { DBInstanceIdentifier: identifier }, this.#namesOf(identifier, instance.Endpoint?.Port));
    this.#byId.set(identifier, instance);
    for (const one of this.#everywhere().flatMap((region) => region.all())) {
      if (one.ReadReplicaSourceDBInstanceIdentifier === before) {
        one.ReadReplicaSourceDBInstanceIdentifier = instance.DBInstanceArn;
      }
    }
  }

  remove(instance: Instance): void {
    if (this.has(instance)) this.#byId.delete(instance.DBInstanceIdentifier);
  }

  /** As the API shows it. */
  shown(instance: Instance): Instance {
    return { ...instance, ReadReplicaDBInstanceIdentifiers: this.replicasOf(instance) };
  }

  /** By identifier in the same Region, by ARN in others. */
  replicasOf({ DBInstanceArn, DBInstanceIdentifier }: Instance): string[] {
    const here = this.all()
      .filter(({ ReadReplicaSourceDBInstanceIdentifier: source }) => source === DBInstanceIdentifier)
      .map((one) => one.DBInstanceIdentifier);
    const elsewhere = this.#everywhere().flatMap((region) => region.all());
    const replicas = elsewhere.filter((one) => one.ReadReplicaSourceDBInstanceIdentifier === DBInstanceArn);
    return [...here, ...replicas.map((one) => one.DBInstanceArn ?? '')].sort();
  }

  ref({ DBInstanceIdentifier: instance }: Instance): DatabaseRef {
    return { region: this.region, instance };
  }

  #namesOf(id: string, port = 5432): Pick<DBInstance, 'DBInstanceArn' | 'Endpoint'> {
    return {
      DBInstanceArn: arn(this.host, this.region, ['rds', `db:${id}`]),
      Endpoint: { Address: `${id}.lab.${this.region}.rds.amazonaws.com`, Port: port },
    };
  }
}

/** @throws InvalidDBInstanceStateFault */
export function requireAvailable({ DBInstanceStatus: status }: Instance): void {
  if (status !== 'available') throw invalidState('is not in available state');
}

export const invalidState = (why: string): InvalidDBInstanceStateFault =>
  fault(InvalidDBInstanceStateFault, `DB instance ${why}.`);

/** Errors that the API documents for all its operations, under no class of their own. */
export const refused = (name: 'InvalidParameterCombination' | 'InvalidParameterValue', message: string) =>
  new RDSServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
