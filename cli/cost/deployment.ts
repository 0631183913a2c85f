/** As deploy/functions.ts has them; GB of memory. A contract test compares. */
export const gbOf = { probe: 0.25, guard: 0.25, watchdog: 0.25, evaluate: 0.5, step: 1769 / 1024 } as const;

/** How probes and guards are kept going. */
export type Design = { readonly evaluateEveryMinutes: number } & (
  | {
      /** A function a minute that sleeps between its turns: what is deployed. */
      readonly kind: 'loops';
      readonly quietProbesPerBatch: number;
    }
  | {
      /**
       * Not built (docs/adr/0026): one schedule a minute and Region puts six delayed messages into a queue; each is one turn of probe
       * and guard together, and ends at once. No place probes itself.
       */
      readonly kind: 'ticks';
      readonly everySeconds: number;
      readonly secondsPerTick: number;
    }
);

export const deployed: Design = { kind: 'loops', quietProbesPerBatch: 10, evaluateEveryMinutes: 5 };
export const proposed: Design = { kind: 'ticks', everySeconds: 10, secondsPerTick: 0.4, evaluateEveryMinutes: 15 };
