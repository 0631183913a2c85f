import { describe, expect, it } from 'vitest';
import { application, primary, recovery, sampleRun } from '../../support/sample-run.ts';
import { smallWorld } from '../../support/small-world.ts';

const first = { region: primary.region, epoch: 0 };
const run = sampleRun();
const newer = sampleRun({ id: 'run-2', epoch: 2 });

/** The lease as the guard of the primary has it after one renewal that ends at 1000. */
async function granted() {
  const small = smallWorld();
  const { lease } = small.coordinationIn(primary.region);
  await lease.begin(application, first);
  const held = await lease.renew(application, { ...first, expiresAt: 0 }, 1000);
  return { ...small, lease, held: held ?? Promise.reject(new Error('not renewed')) };
}

describe('the write lease', () => {
  it('is begun once, without a grant', async () => {
    const { lease } = smallWorld().coordinationIn(primary.region);
    expect(await lease.read(application)).toBeUndefined();
    expect(await lease.begin(application, first)).toBe(true);
    expect(await lease.begin(application, { region: recovery.region, epoch: 7 })).toBe(false);
    expect(await lease.read(application)).toEqual({ ...first, expiresAt: 0 });
  });

  it('is renewed only to a later end, so that a guard that was paused cannot shorten it', async () => {
    const { lease, held } = await granted();
    expect(await lease.renew(application, await held, 2000)).toEqual({ ...first, expiresAt: 2000 });
    expect(await lease.renew(application, await held, 1500)).toBeUndefined();
    expect(await lease.read(application)).toEqual({ ...first, expiresAt: 2000 });
  });

  it('cannot be renewed by another Region', async () => {
    const { lease } = await granted();
    expect(await lease.renew(application, { ...first, region: recovery.region, expiresAt: 0 }, 2000)).toBeUndefined();
  });

  it('cannot be renewed once it is claimed, and keeps its end', async () => {
    const { lease, held } = await granted();
    const claim = { region: primary.region, epoch: 1, expiresAt: 1000, claimedBy: run.id };
    expect(await lease.claim(run)).toEqual(claim);
    expect(await lease.claim(run)).toEqual(claim);
    expect(await lease.renew(application, await held, 2000)).toBeUndefined();
    expect(await lease.renew(application, claim, 2000)).toBeUndefined();
  });

  it('that nobody began is claimed as one that was never granted, and cannot be begun behind that', async () => {
    const { lease } = smallWorld().coordinationIn(recovery.region);
    expect(await lease.claim(run)).toMatchObject({ region: primary.region, expiresAt: 0, claimedBy: run.id });
    expect(await lease.begin(application, first)).toBe(false);
  });

  it('is granted to the other Region by its claim, once and for good', async () => {
    const { lease, held } = await granted();
    await lease.claim(run);
    const there = { region: recovery.region, epoch: 1, expiresAt: 3000 };
    expect(await lease.grant(run, 3000)).toEqual(there);
    expect(await lease.grant(run, 4000)).toEqual(there);
    expect(await lease.claim(run)).toEqual(there);
    expect(await lease.renew(application, await held, 9000)).toBeUndefined();
    expect(await lease.renew(application, there, 5000)).toEqual({ ...there, expiresAt: 5000 });
  });

  it('is not granted without a claim', async () => {
    const { lease } = await granted();
    expect(await lease.grant(run, 3000)).toBeUndefined();
    expect(await lease.read(application)).toEqual({ ...first, expiresAt: 1000 });
  });

  it('can be renewed again once the claim is given back, under the epoch of the claim', async () => {
    const { lease } = await granted();
    const claim = await lease.claim(run);
    expect(await lease.giveBack(application, { epoch: 1, claimedBy: run.id })).toBe(true);
    expect(await lease.giveBack(application, { epoch: 1, claimedBy: run.id })).toBe(false);
    const back = { region: primary.region, epoch: 1, expiresAt: claim?.expiresAt };
    expect(await lease.read(application)).toEqual(back);
    expect(await lease.claim(run)).toBeUndefined();
    expect(await lease.read(application)).toEqual(back);
  });

  it('goes from an older claim to a newer one, and the older can do nothing any more', async () => {
    const { lease } = await granted();
    await lease.claim(run);
    expect(await lease.claim(newer)).toMatchObject({ epoch: 2, claimedBy: 'run-2', expiresAt: 1000 });
    expect(await lease.claim(run)).toBeUndefined();
    expect(await lease.grant(run, 3000)).toBeUndefined();
    expect(await lease.giveBack(application, { epoch: 1, claimedBy: run.id })).toBe(false);
    expect(await lease.grant(newer, 3000)).toMatchObject({ region: recovery.region, epoch: 2 });
  });

  it('is inherited from the very claim, without a grant, and the run of the claim can do nothing any more', async () => {
    const { lease } = await granted();
    await lease.claim(run);
    expect(await lease.inherit(application, { epoch: 2, claimedBy: 'run-2' }, recovery.region)).toBe(false);
    expect(await lease.inherit(application, { epoch: 1, claimedBy: run.id }, recovery.region)).toBe(true);
    const inherited = { region: recovery.region, epoch: 1, expiresAt: 1000 };
    expect(await lease.read(application)).toEqual(inherited);
    expect(await lease.giveBack(application, { epoch: 1, claimedBy: run.id })).toBe(false);
    expect(await lease.renew(application, inherited, 5000)).toEqual({ ...inherited, expiresAt: 5000 });
  });
});

describe('a claim with an end', () => {
  const claim = { epoch: 1, claimedBy: run.id };

  it('is released by the guard, and then it is renewed as before', async () => {
    const { lease } = await granted();
    expect(await lease.claim(run, 5000)).toEqual({
      region: primary.region,
      expiresAt: 1000,
      ...claim,
      claimEndsAt: 5000,
    });
    expect(await lease.release(application, claim)).toBe(true);
    const released = { region: primary.region, epoch: 1, expiresAt: 1000, frozenUntil: 5000 };
    expect(await lease.read(application)).toEqual(released);
    expect(await lease.seal(run)).toBe(false);
    expect(await lease.grant(run, 9000)).toBeUndefined();
    expect(await lease.renew(application, { region: primary.region, epoch: 1, expiresAt: 1000 }, 6000)).toBeDefined();
  });

  it('is not released any more once it is sealed', async () => {
    const { lease } = await granted();
    await lease.claim(run, 5000);
    expect(await lease.seal(run)).toBe(true);
    expect(await lease.seal(run)).toBe(true);
    expect(await lease.release(application, claim)).toBe(false);
    expect(await lease.grant(run, 9000)).toMatchObject({ region: recovery.region });
    expect(await lease.read(application)).not.toHaveProperty('frozenUntil');
    expect(await lease.seal(run)).toBe(true);
  });

  it('has no end any more when a failover claims it, whoever left one', async () => {
    const { lease } = await granted();
    await lease.claim(run, 5000);
    expect(await lease.claim(newer)).toMatchObject({ epoch: 2, claimedBy: newer.id });
    expect(await lease.read(application)).not.toHaveProperty('claimEndsAt');
    expect(await lease.seal(run)).toBe(false);
    expect(await lease.release(application, { epoch: 2, claimedBy: newer.id })).toBe(false);
  });

  it('of a failover is never released', async () => {
    const { lease } = await granted();
    await lease.claim(run);
    expect(await lease.release(application, claim)).toBe(false);
  });
});
