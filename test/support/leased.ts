import type { Draft } from './sample-plan.ts';

/** The terms of the lease in tests; the calls of the sample plan wait 2 s for an answer. */
export const terms = {
  seconds: 15,
  renewEverySeconds: 4,
  skewSeconds: 1,
  gate: { primary: 'https://primary.shop.example/lease', recovery: 'https://recovery.shop.example/lease' },
};

/** Gives the sample plan a write lease. */
export const leased = (plan: Draft): void => {
  plan['policy'] = { lease: terms };
};
