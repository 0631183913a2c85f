import type { Place } from '../../../shared/domain/run.ts';
import type { Fault } from './fault.ts';

/**
 * Every process of a place is killed at one moment, and its API falls silent. Healed, everything starts anew on the old
 * data: the database first, then the services, then AWS – nobody has told them what happened meanwhile.
 */
export const regionLost = (place: Place): Fault => ({
  what: `every process of the ${place} Region is killed, its API is silent`,
  strike({ site, world }) {
    world.loseRegion(site.regions[place].name);
    return site.kill(place);
  },
  async heal({ site, world }) {
    await site.revive(place);
    world.restoreRegion(site.regions[place].name);
  },
});

/** Every process of a place stops where it is, with its connections, and its API falls silent. Healed, all go on. */
export const regionFrozen = (place: Place): Fault => ({
  what: `every process of the ${place} Region stops where it is, its API is silent`,
  strike({ site, world }) {
    world.loseRegion(site.regions[place].name);
    return site.freeze(place);
  },
  heal({ site, world }) {
    site.thaw(place);
    world.restoreRegion(site.regions[place].name);
  },
});
