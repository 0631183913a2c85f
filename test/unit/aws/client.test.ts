import { expect, it } from 'vitest';
import { clientMaker } from '../../../shared/aws/client.ts';

/** Two classes of one name, as two services have them in minified bundles. */
const classCalledE = (service: string) =>
  Object.defineProperty(
    class {
      readonly service = service;
    },
    'name',
    { value: 'e' },
  );

const make = clientMaker({ callTimeoutMs: 1, maxAttempts: 1 });
const [One, Other] = [classCalledE('one'), classCalledE('other')];

it('a client is made once for its class and Region', () => {
  expect(make(One, 'eu-west-1')).toBe(make(One, 'eu-west-1'));
  expect(make(One, 'eu-west-1')).not.toBe(make(One, 'eu-west-2'));
});

it('two classes of the same name are two clients', () => {
  expect(make(One, 'eu-west-1').service).toBe('one');
  expect(make(Other, 'eu-west-1').service).toBe('other');
});
