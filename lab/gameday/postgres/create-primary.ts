import type { Workplace } from '../processes/workplace.ts';
import { installBinaries } from './binaries.ts';
import { initialize, makeHome } from './data-directory.ts';
import { type Database, databaseOf } from './database.ts';
import { startServer } from './server.ts';

export interface PrimarySpec {
  readonly workplace: Workplace;
  readonly region: string;
  readonly name: string;
  /** A free one unless given. */
  readonly port?: number;
}

/** A new, empty PostgreSQL server that takes writes. Takes about a second, nearly all of it initdb. */
export async function createPrimary({ workplace, region, name, port }: PrimarySpec): Promise<Database> {
  const home = makeHome({ workplace, region, name, binaries: installBinaries(workplace) });
  const password = await initialize(home);
  return databaseOf(await startServer(home, port), password);
}
