import type { DelayProxy } from './network/delay-proxy.ts';
import { openDelayProxy } from './network/delay-proxy.ts';
import { createSchema } from './orders/schema.ts';
import { createPrimary } from './postgres/create-primary.ts';
import { createStandby } from './postgres/create-standby.ts';
import type { Database } from './postgres/database.ts';
import { makeSynchronous, waitUntilStreaming } from './postgres/replication.ts';
import type { Workplace } from './processes/workplace.ts';

const streamingTimeoutMs = 10_000;

export interface LabData {
  readonly primary: Database;
  readonly standby: Database;
  /** The wire between the Regions, through which replication passes. */
  readonly wire: DelayProxy;
}

export interface DataWanted {
  readonly workplace: Workplace;
  readonly primary: { readonly region: string; readonly name: string };
  readonly standby: { readonly region: string; readonly name: string };
  readonly synchronous: boolean;
}

/** A PostgreSQL primary with the orders table, and a streaming standby at a distance. Takes about two seconds. */
export async function buildData({ primary: one, standby: other, synchronous, workplace }: DataWanted): Promise<LabData> {
  const primary = await createPrimary({ workplace, ...one });
  await createSchema((sql) => primary.query(sql));
  const wire = await openDelayProxy({ target: { host: primary.host, port: primary.port } });
  const standby = await createStandby({ workplace, from: primary, through: wire, ...other });
  const pair = { primary, standbyName: other.name, timeoutMs: streamingTimeoutMs };
  await (synchronous ? makeSynchronous(pair) : waitUntilStreaming(pair));
  return { primary, standby, wire };
}
