import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../shared/aws/outside.ts';
import type { DatabaseRole } from '../cloud/modelled-substrate.ts';
import { json } from './order-gate.ts';
import type { Replication } from './replication.ts';

export const queryPath = '/understudy/';

export interface Queried {
  readonly copies: Replication;
  readonly region: string;
  readonly role: DatabaseRole | undefined;
  readonly writable: boolean;
}

/**
 * What the query endpoint of a Region's database answers: the protocol of the kind data-comparison. A standby holds a prefix
 * of what its writer has committed, so the number of orders is a position.
 */
export function answerQuery(path: string, { copies, region, role, writable }: Queried): HttpAnswer | undefined {
  if (role === undefined || role === 'stopped') return undefined;
  const rows = copies.rowsIn(region);
  const [what, , chunks] = path.slice(queryPath.length).split('/');
  if (what === 'position') return json(200, { position: String(rows.size), writable, replica: role === 'standby' });
  if (chunks !== undefined) return json(200, { rows: [...rows].map((id) => ({ key: id, row: { id } })) });
  const checksum = createHash('sha256')
    .update([...rows].sort().join())
    .digest('hex');
  const table = { table: 'orders', rows: rows.size, checksum, chunks: [{ from: '', rows: rows.size, checksum }] };
  return json(200, { tables: [table] });
}
