import { describe, expect, it } from 'vitest';
import { packed } from '../../../deploy/bundles.ts';

const bundle = { name: 'detect', initialBytes: 1, files: { 'index.mjs': new Uint8Array([1, 2, 3]) } };

describe('what is packed', () => {
  it('is the same for the same files, whenever it is made', () => {
    expect(packed(bundle, '[]')).toEqual(packed(bundle, '[]'));
  });

  it.each([
    ['code', { ...bundle, files: { 'index.mjs': new Uint8Array([1, 2, 4]) } }, '[]'],
    ['a plan', bundle, '[{}]'],
  ])('is another for another %s', (_what, other, plans) => {
    expect(packed(other, plans).hash).not.toBe(packed(bundle, '[]').hash);
  });
});
