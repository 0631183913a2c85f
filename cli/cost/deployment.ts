/** As deploy/ has it: a contract test compares. */

/** GB of memory. */
export const gbOf = { probe: 0.25, guard: 0.25, watchdog: 0.25, evaluate: 0.5, step: 1769 / 1024 } as const;

export const evaluateEveryMinutes = 20;

/** In each of the three Regions one of its dead letters. */
export const deadLetterAlarms = 3;
