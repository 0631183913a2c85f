import { expect, it } from 'vitest';
import { type Played, scenarioLine, totalLine } from '../../../cli/terminal/scenario-table.ts';
import { noPaint } from '../../../shared/report/paint.ts';

const line = (played: Played, seconds: number) => scenarioLine(played, { seconds, paint: noPaint });

it('a scenario is one line: name, verdict, seconds', () => {
  expect(line({ scenario: 'region-lost', verdict: 'passed', against: [] }, 12.34)).toBe(
    'region-lost                 ✓ passed    12.3 s\n',
  );
});

it.each(['failed', 'broken'] as const)('what stands against one that %s follows', (verdict) => {
  expect(line({ scenario: 'lag-unknown', verdict, against: ['It took too long.'] }, 5)).toBe(
    `lag-unknown                 ✗ ${verdict}     5.0 s\n    It took too long.\n`,
  );
});

it('the last line counts', () => {
  expect(totalLine(['passed', 'failed', 'broken'], 100)).toBe('1 of 3 passed                          100.0 s\n');
});
