import { connect } from 'node:net';
import { systemNet } from '../../shared/aws/net.ts';
import type { Place } from '../../shared/domain/run.ts';
import type { Substrate } from '../cloud/substrate.ts';
import type { DelayProxy } from './network/delay-proxy.ts';
import type { LabRegion } from './region.ts';

export interface Grounds {
  readonly regions: readonly LabRegion[];
  /** To each database from the other Region. */
  readonly wires: Readonly<Record<Place, Pick<DelayProxy, 'host' | 'port'>>>;
}

/**
 * The processes behind the simulated control plane: promotion promotes PostgreSQL, scaling starts processes, a replica is a
 * base backup of the writer. One database of a Region runs; what RDS renames or keeps a snapshot of lies aside, stopped.
 */
export function processSubstrate({ regions, wires }: Grounds): Substrate {
  const regionOf = (name: string): LabRegion => {
    const found = regions.find((region) => region.name === name);
    if (found === undefined) throw new Error(`the lab has no Region ${name}`);
    return found;
  };
  return {
    promoteDatabase: ({ region }) => regionOf(region).promote(),
    snapshotDatabase: ({ instance, region }, snapshot) => regionOf(region).shelf.snapshot(instance, snapshot),
    renameDatabase: ({ instance, region }, newInstance) => regionOf(region).shelf.rename(instance, newInstance),
    async createReplica({ instance, region }, of) {
      const { database, place, shelf } = regionOf(of.region);
      if (shelf.seated() !== of.instance) throw new Error(`${of.instance} does not run in ${of.region}`);
      await regionOf(region).shelf.createReplica(instance, { of: database, through: wires[place] });
    },
    deleteDatabase: ({ instance, region }) => regionOf(region).shelf.delete(instance),
    setTaskCount: ({ region }, count) => regionOf(region).pool.setDesired(count),
    runningTasks: ({ region }) => regionOf(region).pool.running(),
    probe: ({ host, path = '/', port, protocol, search = '' }) =>
      protocol === 'TCP'
        ? accepts(host, port)
        : answersWell(`${protocol.toLowerCase()}://${host}:${port}${path}`, search),
  };
}

/** Route 53 waits four seconds for a connection and two more for the answer; on loopback a fraction will do. */
const probeTimeoutMs = 500;

async function answersWell(url: string, search: string): Promise<boolean> {
  const answer = await systemNet().http({ method: 'GET', url, timeoutMs: probeTimeoutMs });
  return answer.answered && answer.status >= 200 && answer.status < 400 && answer.body.includes(search);
}

function accepts(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: probeTimeoutMs });
  const end = (isOpen: boolean): void => {
    socket.destroy();
    resolve(isOpen);
  };
  socket.once('connect', () => end(true));
  socket.once('timeout', () => end(false));
  socket.once('error', () => end(false));
  return promise;
}
