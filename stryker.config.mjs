/**
 * Mutation tests of the pure folders: each mutant is a small bug, and a test must notice it. `npm run mutate` remembers what
 * it has seen (reports/mutation/), so that only what has changed is tried again.
 */
export default {
  mutate: ['shared/domain/*.ts', 'shared/kinds/*/{check,loss,reverse,settings}.ts', 'shared/plan/*-problems.ts'],
  mutator: {
    // Sentences for people: tests assert values, not texts (STYLE.md). What a text decides is asserted as a value anyway.
    excludedMutations: ['StringLiteral'],
  },
  // Mutants of what is made while a module loads (schemas, tables) would each need a new process.
  ignoreStatic: true,
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  concurrency: 2,
  timeoutMS: 20_000,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  tempDirName: 'reports/mutation/tmp',
  ignorePatterns: ['.understudy', 'dist', 'docs', 'reports', 'verify'],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
