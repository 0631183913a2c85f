import { expect, it } from 'vitest';
import { scenarioLine, totalLine } from '../../../cli/terminal/scenario-table.ts';
import { noPaint } from '../../../shared/report/paint.ts';
import { sample } from '../report/sample.ts';

const failed = {
  ...sample,
  scenario: 'lag-unknown',
  verdict: 'failed',
  measured: { ...sample.measured, rtoSeconds: 9 },
} as const;

it('a scenario is one line: name, verdict, seconds', () => {
  expect(scenarioLine(sample, { seconds: 12.34, paint: noPaint })).toBe(
    'region-lost               ✓ passed    12.3 s\n',
  );
});

it('what stands against it follows', () => {
  expect(scenarioLine(failed, { seconds: 5, paint: noPaint })).toBe(
    'lag-unknown               ✗ failed     5.0 s\n    The RTO of 9 s is above the objective of 5 s.\n',
  );
});

it('the last line counts', () => {
  expect(totalLine([sample, failed], 100)).toBe('1 of 2 passed                        100.0 s\n');
});
