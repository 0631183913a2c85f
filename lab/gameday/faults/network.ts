import type { Place } from '../../../shared/domain/run.ts';
import type { Direction } from '../network/delay-proxy.ts';
import { type Fault, nowMs, together } from './fault.ts';

/** Whoever can be cut off: the two places that hold data, and the observer. */
export type Somewhere = Place | 'witness';

/**
 * Nothing that `from` sends reaches `to`: API calls, probes, and bytes of the replication. What it was asked for by the
 * other side, it still answers – except on the wire, where bytes are bytes. Users are not concerned.
 */
export const cutOneWay = (from: Somewhere, to: Somewhere): Fault => ({
  what: `nothing from the ${from} Region reaches the ${to} Region`,
  strike({ plan, site, world }) {
    world.network.cut(plan.regions[from], plan.regions[to]);
    const direction = wireDirection(from, to);
    if (direction !== undefined) site.wire.cut({ direction });
    return nowMs();
  },
  heal({ plan, site, world }) {
    world.network.heal(plan.regions[from], plan.regions[to]);
    if (wireDirection(from, to) !== undefined) site.wire.heal();
  },
});

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

/** The standby connects to its primary, so that is the wire's way out. */
function wireDirection(from: Somewhere, to: Somewhere): Direction | undefined {
  if (from === 'recovery' && to === 'primary') return 'out';
  return from === 'primary' && to === 'recovery' ? 'back' : undefined;
}

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
    site.wire.cut();
    return nowMs();
  },
  heal: ({ site }) => site.wire.heal(),
};
