import { defineConfig } from 'vitest/config';

/**
 * Game days start real processes and measure time: they come after all the others and one file at a time, so that they
 * have the two cores to themselves.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'parts',
          include: ['test/{unit,contract,property,simulation}/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Generous, because a machine that is busy otherwise must not turn a slow test into a failed one.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'gameday',
          include: ['test/gameday/**/*.test.ts'],
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          // Real time on a machine that others may use: a second look tells noise from a fault.
          retry: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
