import { describe, expect, it } from 'vitest';
import { inChargeAfter } from '../../../shared/domain/ports.ts';
import { RunRequest } from '../../../shared/domain/run.ts';
import { sampleRun } from '../../support/sample-run.ts';

describe('who asks for a run', () => {
  it.each<[string, object, boolean]>([
    ['may give no reason', {}, true],
    ['must give one to force it', { force: true }, false],
    ['may force it for a reason', { force: true, reason: 'the halt was for yesterday' }, true],
    ['may leave the reason out when nothing is forced', { force: false }, true],
  ])('%s', (_title, fields, isGood) => {
    expect(RunRequest.safeParse({ application: 'shop', ...fields }).success).toBe(isGood);
  });
});

it.each([
  ['recovered', 'eu-central-1'],
  ['abandoned', 'eu-central-1'],
  ['stopped', 'eu-west-1'],
  ['protected', 'eu-west-1'],
] as const)('after a run from eu-west-1 that ended %s, %s is in charge', (end, region) => {
  expect(inChargeAfter(sampleRun(), end)).toBe(region);
});
