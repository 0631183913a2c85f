import type { Place } from '../../../shared/domain/run.ts';
import type { Misbehaviour } from '../orders/misbehaviour.ts';
import { type Fault, nowMs } from './fault.ts';

const misbehaving =
  (misbehaviour: Misbehaviour, what: (place: Place) => string) =>
  (place: Place): Fault => ({
    what: what(place),
    strike({ regions }) {
      regions[place].misbehave(misbehaviour);
      return nowMs();
    },
    heal: ({ regions }) => regions[place].misbehave(undefined),
  });

/** Whoever asks, user or probe: four of ten requests fail. */
export const grayErrors = misbehaving('gray', (place) => `40 % of the requests to the ${place} Region fail`);

/** Everything of the Region is fine but what was deployed last. */
export const badDeploy = misbehaving(
  'bad-deploy',
  (place) => `a bad deploy: the orders of the ${place} Region answer 500`,
);

/** The health checks of a place do not tell how old its newest write is. */
export const heartbeatUntold = misbehaving(
  'no-heartbeat',
  (place) => `the ${place} Region does not tell its heartbeat`,
);
