import { describe, expect, it } from 'vitest';
import type { FactsKey } from '../../../shared/domain/ports.ts';
import { application, primary, recovery } from '../../support/sample-run.ts';
import { smallWorld } from '../../support/small-world.ts';
import { noon } from '../../support/virtual-clock.ts';

const key: FactsKey = { application, resource: 'orders', phase: 'isolate', fromRegion: primary.region };
const recorded = { at: noon, facts: { service: { desired: 4, events: [] } } };

describe('recorded facts', () => {
  it('are read in the Region that does not die', async () => {
    const { coordinationIn, world } = smallWorld();
    await coordinationIn(primary.region).facts.record(key, recorded);
    world.loseRegion(primary.region);
    expect(await coordinationIn(recovery.region).facts.last(key)).toEqual(recorded);
  });

  it('are the last ones', async () => {
    const { facts } = smallWorld().coordinationIn(recovery.region);
    await facts.record(key, recorded);
    await facts.record(key, { at: noon + 1, facts: 'unanswered' });
    expect(await facts.last(key)).toEqual({ at: noon + 1, facts: 'unanswered' });
  });

  it.each<[string, Partial<FactsKey>]>([
    ['application', { application: 'bank' }],
    ['resource', { resource: 'payments' }],
    ['phase', { phase: 'scale' }],
    ['direction', { fromRegion: recovery.region }],
  ])('of one %s are not those of another', async (_what, other) => {
    const { facts } = smallWorld().coordinationIn(recovery.region);
    await facts.record(key, recorded);
    expect(await facts.last({ ...key, ...other })).toBeUndefined();
  });
});
