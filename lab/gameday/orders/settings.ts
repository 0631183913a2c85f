import { type Misbehaviour, readMisbehaviour } from './misbehaviour.ts';

const TIMEOUT_MS_MAX = 250;
/**
 * With a synchronous standby each commit holds its connection for a round trip between the Regions, 70 ms and more: two
 * processes with 10 each carry some 270 orders a second, with 4 only half of what the load client sends.
 */
const connectionsUsual = 10;

export interface ServiceSettings {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  /** The database's name as AWS would give it, for example `orders-recovery`; it is only repeated in answers. */
  readonly databaseName: string;
  readonly databaseUrl: string;
  /** The most one request waits for the database, connection included. */
  readonly databaseTimeoutMs: number;
  readonly connectionsMax: number;
  readonly misbehaviour: Misbehaviour | undefined;
}

interface Reader {
  text(name: string): string;
  number(name: string, range: { readonly min: number; readonly max: number; readonly otherwise?: number }): number;
}

/**
 * Reads the service's settings. Throws one error that names every variable that is wrong. Plain code and not a schema
 * library, because loading one would add half again to the time a process needs until it serves.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): ServiceSettings {
  const problems: string[] = [];
  const { text, number } = reader(environment, problems);
  const settings: ServiceSettings = {
    host: text('ORDERS_HOST'),
    port: number('ORDERS_PORT', { min: 0, max: 65_535 }),
    region: text('ORDERS_REGION'),
    databaseName: text('ORDERS_DATABASE_NAME'),
    databaseUrl: text('ORDERS_DATABASE_URL'),
    databaseTimeoutMs: number('ORDERS_DATABASE_TIMEOUT_MS', { min: 1, max: TIMEOUT_MS_MAX, otherwise: TIMEOUT_MS_MAX }),
    connectionsMax: number('ORDERS_CONNECTIONS_MAX', { min: 1, max: 20, otherwise: connectionsUsual }),
    misbehaviour: readMisbehaviour(environment['ORDERS_MISBEHAVIOUR']),
  };
  if (problems.length > 0) throw new Error(`The order service cannot start: ${problems.join(' ')}`);
  return settings;
}

function reader(environment: Readonly<Record<string, string | undefined>>, problems: string[]): Reader {
  return {
    text(name) {
      const value = environment[name];
      if (!value) problems.push(`${name} is missing.`);
      return value ?? '';
    },
    number(name, { min, max, otherwise }) {
      const value = environment[name] ?? otherwise;
      const number = value === '' ? Number.NaN : Number(value);
      if (Number.isInteger(number) && number >= min && number <= max) return number;
      problems.push(`${name} must be a whole number from ${min} to ${max}.`);
      return min;
    },
  };
}
