import type { Place } from '../../shared/domain/run.ts';
import type { DelayProxy } from './network/delay-proxy.ts';
import { openDelayProxy } from './network/delay-proxy.ts';
import { createSchema } from './orders/schema.ts';
import { createPrimary } from './postgres/create-primary.ts';
import { createStandby } from './postgres/create-standby.ts';
import type { Database } from './postgres/database.ts';
import { makeSynchronous, waitUntilStreaming } from './postgres/replication.ts';
import type { Workplace } from './processes/workplace.ts';

/** As RDS names them, and as plans/lab.plan.yml does. */
export const instances: Readonly<Record<Place, string>> = { primary: 'orders-primary', recovery: 'orders-recovery' };

const streamingTimeoutMs = 10_000;

export interface LabData {
  readonly primary: Database;
  /** The streaming standby. */
  readonly recovery: Database;
  /** The wires to each database from the other Region, through which replication passes. */
  readonly wires: Readonly<Record<Place, DelayProxy>>;
}

export interface DataWanted {
  readonly workplace: Workplace;
  readonly regions: Readonly<Record<Place, string>>;
  readonly synchronous: boolean;
  /** Whether commits take a write lease. */
  readonly gated: boolean;
}

/** A PostgreSQL primary with the orders table, and a streaming standby at a distance. Takes about two seconds. */
export async function buildData({ gated, regions, synchronous, workplace }: DataWanted): Promise<LabData> {
  const primary = await createPrimary({ workplace, region: regions.primary, name: instances.primary });
  await createSchema((sql) => primary.query(sql), { gated });
  const through = await openDelayProxy({ target: { host: primary.host, port: primary.port } });
  const recovery = await createStandby({
    workplace,
    from: primary,
    through,
    region: regions.recovery,
    name: instances.recovery,
  });
  const pair = { primary, standbyName: instances.recovery, timeoutMs: streamingTimeoutMs };
  await (synchronous ? makeSynchronous(pair) : waitUntilStreaming(pair));
  const back = await openDelayProxy({ target: { host: recovery.host, port: recovery.port } });
  return { primary, recovery, wires: { primary: through, recovery: back } };
}
