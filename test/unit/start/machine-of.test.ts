import { expect, it } from 'vitest';
import { machineFor } from '../../../shared/start/machine-of.ts';

const arn = (word: string): string => `arn:aws:states:eu-west-1:123456789012:stateMachine:failover-test-prod-${word}`;

it.each([
  ['failover', 'failover'],
  ['failback', 'failback'],
  ['switchover', 'failback'],
  ['reprotect', 'reprotect'],
] as const)('a %s runs in the machine %s of the same stack', (purpose, word) => {
  expect(machineFor(purpose, arn('failover'))).toBe(arn(word));
});

it('a machine that is called otherwise has no others beside it', () => {
  expect(() => machineFor('failback', 'mine')).toThrow(/does not end with failover/);
});
