import { defineConfig } from 'vitest/config';

/**
 * The tests that judge the pure folders, for Stryker (stryker.config.mjs): no process, no port, and little time each. They
 * share one worker and what it has loaded, since Stryker starts a run for each of some thousand mutants.
 */
export default defineConfig({
  test: {
    include: [
      'test/unit/domain/**/*.test.ts',
      'test/unit/kinds/{*.check,drift}.test.ts',
      'test/unit/plan/**/*.test.ts',
      'test/unit/report/**/*.test.ts',
      'test/property/{claims,detection,lease,standing-effects}.test.ts',
    ],
    isolate: false,
    testTimeout: 60_000,
  },
});
