import { setTimeout as sleep } from 'node:timers/promises';
import { systemNet } from '../../shared/aws/net.ts';
import type { Outside } from '../../shared/aws/outside.ts';

/** The network on which functions send HTTP from one Region to the other. Users have their own and are not concerned. */
export interface Roads {
  /** HTTP and DNS as a function in this Region has them. DNS is global and always answers. */
  from(region: string): Pick<Outside, 'http' | 'dns'>;
  /** Nothing that this Region's functions send gets an answer. */
  close(region: string): void;
  open(region: string): void;
}

export interface RoadMap {
  /** The Region behind an address; undefined: no Region of the lab. */
  readonly regionAt: (address: string) => string | undefined;
  readonly resolve: (hostname: string) => Promise<string | undefined>;
  /** Whether nothing from the first Region reaches the second. A Region that is lost needs no road to be silent. */
  readonly isCut: (fromRegion: string, toRegion: string) => boolean;
}

export function openRoads({ isCut, regionAt, resolve }: RoadMap): Roads {
  const closed = new Set<string>();
  const net = systemNet({ resolve });
  const passes = async (from: string, url: string): Promise<boolean> => {
    if (closed.has(from)) return false;
    const { hostname } = new URL(url);
    const to = regionAt((await resolve(hostname)) ?? hostname);
    return to === undefined || !isCut(from, to);
  };
  return {
    from: (region) => ({
      ...net,
      async http(request) {
        if (await passes(region, request.url)) return net.http(request);
        await sleep(request.timeoutMs);
        return { answered: false, why: `no answer within ${request.timeoutMs} ms` };
      },
    }),
    close: (region) => void closed.add(region),
    open: (region) => void closed.delete(region),
  };
}
