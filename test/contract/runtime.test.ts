import { expect, it } from 'vitest';

it('the tests run under the Node that Lambda has, whichever Node the machine has', () => {
  expect(process.version).toMatch(/^v24\./);
});
