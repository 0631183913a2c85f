import { type Place, places } from '../../../shared/domain/run.ts';
import { type Fault, nowMs, together } from './fault.ts';

/** Whoever can be cut off: the two places that hold data, and the observer. */
export type Somewhere = Place | 'witness';

/**
 * Nothing that `from` sends reaches `to`: API calls, probes, and bytes of the replication. What it was asked for by the
 * other side, it still answers – except on the wires, where bytes are bytes. Users are not concerned.
 */
export const cutOneWay = (from: Somewhere, to: Somewhere): Fault => ({
  what: `nothing from the ${from} Region reaches the ${to} Region`,
  strike({ plan, site, world }) {
    world.network.cut(plan.regions[from], plan.regions[to]);
    if (isPlace(from) && isPlace(to)) {
      site.wires[to].cut({ direction: 'out' });
      site.wires[from].cut({ direction: 'back' });
    }
    return nowMs();
  },
  heal({ plan, site, world }) {
    world.network.heal(plan.regions[from], plan.regions[to]);
    if (isPlace(from) && isPlace(to)) for (const place of places) site.wires[place].heal();
  },
});

/** A wire leads to a place, and whoever is in the other one connects to it. */
const isPlace = (where: Somewhere): where is Place => where !== 'witness';

/** Two Regions cannot reach each other at all. */
export const cutBothWays = (one: Somewhere, other: Somewhere): Fault => ({
  ...together(cutOneWay(one, other), cutOneWay(other, one)),
  what: `${one} and ${other} Region cannot reach each other`,
});

/** No other Region reaches this place, and it reaches none. Users do. */
export const cutOff = (place: Place): Fault => ({
  ...together(cutBothWays(place, place === 'primary' ? 'recovery' : 'primary'), cutBothWays(place, 'witness')),
  what: `the ${place} Region and the others cannot reach each other`,
});

/** Every request that a place's functions send over HTTP goes unanswered, wherever it leads: the observer itself is sick. */
export const observerSick = (observer: Somewhere): Fault => ({
  what: `the probes of the ${observer} Region reach nothing`,
  strike({ plan, roads }) {
    roads.close(plan.regions[observer]);
    return nowMs();
  },
  heal: ({ plan, roads }) => roads.open(plan.regions[observer]),
});

/** Replication stands still, whatever else works: what is committed from now on is not there when the primary is lost. */
export const replicationStalled: Fault = {
  what: 'replication stands still',
  strike({ site }) {
    for (const place of places) site.wires[place].cut();
    return nowMs();
  },
  heal({ site }) {
    for (const place of places) site.wires[place].heal();
  },
};
