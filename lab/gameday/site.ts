import { setTimeout as sleep } from 'node:timers/promises';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { RemoteClient } from './client/remote-client.ts';
import type { Progress } from './client/result.ts';
import { buildData } from './data.ts';
import { labRegions } from './lab-regions.ts';
import type { DelayProxy } from './network/delay-proxy.ts';
import { bundleOrderService } from './orders/bundle.ts';
import { addresses, findOrdersPort } from './orders-address.ts';
import type { Workplace } from './processes/workplace.ts';
import { publicName } from './public-name.ts';
import { type LabRegion, openRegion } from './region.ts';
import { startLoad } from './start-load.ts';

export interface SiteOptions {
  readonly workplace: Workplace;
  /** Whether a commit waits for the standby: nothing is lost then, and each write costs the distance. */
  readonly synchronous: boolean;
  /** Whether commits take a write lease: somebody must grant it then. */
  readonly gated: boolean;
}

export interface LoadOptions {
  readonly dnsPort: number;
  readonly ordersPerSecond: number;
  readonly onProgress: (progress: Progress) => void;
}

/** The physical side of the lab: databases, a wire between them, order services, a client. No AWS, no automation. */
export interface Site {
  /** Both Regions serve on this port, each on its own address. */
  readonly port: number;
  readonly regions: Readonly<Record<Place, LabRegion>>;
  /** The wires to each database from the other Region. */
  readonly wires: Readonly<Record<Place, DelayProxy>>;
  /** Resolves when the pools of both places run so many order services. */
  untilRunning(tasks: Readonly<Record<Place, number>>): Promise<void>;
  startLoad(options: LoadOptions): Promise<RemoteClient>;
  /** Kills every process of a place at one moment; what was on the wire dies with them. @returns that moment */
  kill(place: Place): Promise<Instant>;
  /** Stops every process of a place where it is, with its connections; nothing of it answers. @returns that moment */
  freeze(place: Place): Instant;
  thaw(place: Place): void;
  /** Starts what was killed anew on its old data; resolves when it serves. Nobody tells it what happened meanwhile. */
  revive(place: Place): Promise<void>;
  close(): Promise<void>;
}

/** Takes two to three seconds; everything that can, starts side by side. */
export async function openSite({ gated, synchronous, workplace }: SiteOptions): Promise<Site> {
  const [port, serviceFile, data] = await Promise.all([
    findOrdersPort(),
    bundleOrderService(workplace.dir('bundles')),
    buildData({ workplace, regions: labRegions, synchronous, gated }),
  ]);
  const open = (place: Place): LabRegion => {
    const where = { place, name: labRegions[place], address: addresses[place], port };
    const writer = place === 'primary' ? undefined : data.primary;
    return openRegion({ ...where, workplace, serviceFile, database: data[place], writer });
  };
  const regions = { primary: open('primary'), recovery: open('recovery') };
  const wires = Object.values(data.wires);
  return {
    port,
    regions,
    wires: data.wires,
    untilRunning: async (tasks) => {
      await Promise.all(places.map((place) => untilRunning(regions[place], tasks[place])));
    },
    startLoad: (options) => startLoad({ ...options, workplace, name: publicName, port }),
    async kill(place) {
      const { name, pool, shelf } = regions[place];
      const killedAt = performance.timeOrigin + performance.now();
      // The signals are sent when killRegion returns its promise.
      const dead = workplace.killRegion(name);
      for (const wire of wires) wire.cut();
      shelf.abandon();
      await Promise.all([dead, pool.lose()]);
      return killedAt;
    },
    freeze(place) {
      workplace.freezeRegion(regions[place].name);
      return performance.timeOrigin + performance.now();
    },
    thaw: (place) => workplace.thawRegion(regions[place].name),
    async revive(place) {
      // What was under way when the Region died is not delivered now.
      for (const wire of wires) {
        wire.destroyConnections();
        wire.heal();
      }
      const { database, pool, shelf } = regions[place];
      const isSeated = shelf.seated() !== undefined;
      if (isSeated) await database.startAgain();
      // Without a database no service becomes ready; whoever builds one sees what becomes of it.
      await (isSeated ? pool.restore() : Promise.race([pool.restore(), undefined]));
    },
    async close() {
      await Promise.all(places.map((place) => regions[place].pool.close()));
      await Promise.all(wires.map((wire) => wire.close()));
    },
  };
}

const startTimeoutMs = 10_000;

async function untilRunning({ name, pool }: LabRegion, tasks: number): Promise<void> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (pool.running() < tasks) {
    if (performance.now() > giveUpAt) throw new Error(`the order service of ${name} did not start`);
    await sleep(10);
  }
}
