import { expect, it } from 'vitest';
import type { ApiCall, Intercept } from '../../../lab/cloud/history.ts';
import { openIntercepts } from '../../../lab/gameday/intercepts.ts';
import { flip, promotion } from '../../support/sample-evidence.ts';

function bench() {
  const world: { intercept: Intercept | undefined } = { intercept: undefined };
  const intercepts = openIntercepts(world);
  return { intercepts, pass: async (call: ApiCall) => world.intercept?.(call) };
}
const [first, second] = [Symbol('first'), Symbol('second')];

it('several faults stand side by side, and the first that objects decides', async () => {
  const { intercepts, pass } = bench();
  const refusal = new Error('no');
  intercepts.add(first, ({ command }) => (command === 'PromoteReadReplica' ? refusal : undefined));
  intercepts.add(second, () => 'lost-answer');
  expect(await pass(promotion)).toBe(refusal);
  expect(await pass(flip)).toBe('lost-answer');
  intercepts.remove(first);
  expect(await pass(promotion)).toBe('lost-answer');
  intercepts.remove(second);
  expect(await pass(promotion)).toBeUndefined();
});

it('a call that is held goes on when its fault is removed', async () => {
  const { intercepts, pass } = bench();
  intercepts.add(first, (_call, released) => released);
  let passed = false;
  const held = pass(flip).then(() => {
    passed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(passed).toBe(false);
  intercepts.remove(first);
  await held;
  expect(passed).toBe(true);
});
