import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../shared/aws/outside.ts';
import type { Coordination } from '../../../shared/domain/ports.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { guard } from '../../../shared/guard/guard.ts';
import { leased } from '../../support/leased.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { application, primary, recovery, wantsToOpen } from '../../support/sample-run.ts';
import { smallWorld } from '../../support/small-world.ts';
import { noon } from '../../support/virtual-clock.ts';

const well: HttpAnswer = { answered: true, status: 200, body: '{}' };
const plan = await loadedPlan(leased);

interface Asked {
  /** Seconds since the start. */
  readonly at: number;
  readonly method: HttpRequest['method'];
  readonly url: string;
  readonly epoch: number;
  /** Seconds since the start. */
  readonly until: number;
}

/** The guard of one Region beside a gate that answers as told; a lease lasts 15 s and is renewed each 4 s. */
function guarded(region: string = primary.region, answer: (request: HttpRequest) => HttpAnswer = () => well) {
  const small = smallWorld();
  const { clock } = small;
  const asked: Asked[] = [];
  const since = (at: number): number => (at - noon) / 1000;
  const http = async (request: HttpRequest): Promise<HttpAnswer> => {
    const { epoch, expiresAt } = JSON.parse(request.body ?? '{}');
    asked.push({ at: since(clock.now()), method: request.method, url: request.url, epoch, until: since(expiresAt) });
    return answer(request);
  };
  const coordination = small.coordinationIn(region);
  const deps = { region, clock, log: () => {}, outside: outsideOf({ http }), coordination };
  return { ...small, asked, coordination, guard: (seconds: number) => guard(plan, seconds, deps) };
}

/** Takes over whatever run is open. */
async function opened(runId: string, { lock }: Coordination): Promise<Run> {
  const opening = await lock.open(wantsToOpen(runId, { staleAfterMs: -1 }));
  return opening.status === 'opened' ? opening.run : Promise.reject(new Error(opening.status));
}

async function claimedBy(runId: string, coordination: Coordination): Promise<Run> {
  const run = await opened(runId, coordination);
  await coordination.lease.claim(run);
  return run;
}

describe('the guard of the Region in charge', () => {
  it('begins the lease, and hands over a grant at each turn', async () => {
    const { asked, guard } = guarded();
    expect(await guard(10)).toEqual({ grants: 3 });
    expect(asked.map(({ at, method, until }) => [at, method, until])).toEqual([
      [0, 'PUT', 15],
      [4, 'PUT', 19],
      [8, 'PUT', 23],
    ]);
    expect(asked[0]).toMatchObject({ url: 'https://primary.shop.example/lease', epoch: 0 });
  });

  it('closes the gate when a run has claimed the lease, and is quiet then', async () => {
    const { asked, clock, coordination, guard } = guarded();
    const both = guard(20);
    await clock.sleep(5000);
    await claimedBy('run-1', coordination);
    await both;
    expect(asked.map(({ at, method }) => [at, method])).toEqual([
      [0, 'PUT'],
      [4, 'PUT'],
      [8, 'DELETE'],
    ]);
  });

  it('closes the gate before its grant ends when the table does not answer, and opens it again after', async () => {
    const { asked, clock, guard, world } = guarded();
    const both = guard(30);
    await clock.sleep(5000);
    const silent = new Error('silent');
    world.intercept = ({ service }) =>
      service === 'DynamoDB' ? Object.assign(silent, { name: 'TimeoutError' }) : undefined;
    await clock.sleep(17_000);
    world.intercept = undefined;
    await both;
    const [before, closing] = [asked.findLast(({ at }) => at < 5), asked.find(({ method }) => method === 'DELETE')];
    expect(closing?.at).toBeLessThan(before?.until ?? 0);
    expect(asked.filter(({ at, method }) => method === 'PUT' && at > 5 && at < 22)).toEqual([]);
    expect(asked.at(-1)).toMatchObject({ method: 'PUT' });
  });

  it('asks a gate that did not close again', async () => {
    const { asked, clock, coordination, guard } = guarded(primary.region, ({ method }) =>
      method === 'PUT' ? well : { answered: false, why: 'silent' },
    );
    const both = guard(20);
    await clock.sleep(3000);
    await claimedBy('run-1', coordination);
    await both;
    // The grant of the first turn ends after 15 s; what is asked then is the last.
    expect(asked.map(({ at, method }) => [at, method])).toEqual([
      [0, 'PUT'],
      [4, 'DELETE'],
      [8, 'DELETE'],
      [12, 'DELETE'],
      [16, 'DELETE'],
    ]);
  });

  it('takes the lease back from a run that is over and has left its claim', async () => {
    const { asked, coordination, guard } = guarded();
    const { lease, lock } = coordination;
    const dead = await claimedBy('run-1', coordination);
    await guard(1);
    expect(asked).toEqual([]);
    await lock.close(await opened('run-2', coordination), 'stopped');
    await guard(1);
    expect(asked.map(({ epoch, method }) => [method, epoch])).toEqual([['PUT', 1]]);
    expect(await lease.grant(dead, noon)).toBeUndefined();
  });
});

describe('the guard of the other Region', () => {
  it('grants nothing, neither at first nor beside the holder', async () => {
    const { asked, coordination, guard } = guarded(recovery.region);
    expect(await guard(5)).toEqual({ grants: 0 });
    await coordination.lease.begin(application, { region: primary.region, epoch: 0 });
    expect(await guard(5)).toEqual({ grants: 0 });
    expect(asked).toEqual([]);
  });

  it('inherits the lease when a person has ended a run behind its promotion, once the last grant is outwaited', async () => {
    const { asked, clock, coordination, guard } = guarded(recovery.region);
    const { lease, lock } = coordination;
    await lease.begin(application, { region: primary.region, epoch: 0 });
    await lease.renew(application, { region: primary.region, epoch: 0, expiresAt: 0 }, clock.now() + 10_000);
    const run = await claimedBy('run-1', coordination);
    await lock.close(run, 'abandoned');
    // The grant ends after 10 s and the skew is 1 s: the first look behind that is the one at 12 s.
    await guard(14);
    expect(asked.map(({ at, epoch, method, until }) => [at, method, epoch, until])).toEqual([[12, 'PUT', 1, 27]]);
    expect(await lease.grant(run, noon)).toEqual(await lease.read(application));
    expect(await lease.read(application)).toMatchObject({ region: recovery.region, epoch: 1 });
  });
});

it('a plan without a lease needs no guard', async () => {
  const small = smallWorld();
  const deps = { region: primary.region, clock: small.clock, log: () => {}, outside: small.outsideIn(primary.region) };
  const coordination = small.coordinationIn(primary.region);
  expect(await guard(await loadedPlan(), 60, { ...deps, coordination })).toEqual({ grants: 0 });
  expect(await coordination.lease.read(application)).toBeUndefined();
});

describe('the guard beside a freeze', () => {
  it('takes the claim back when the freeze is over, and opens the gate again at that turn', async () => {
    const { asked, clock, coordination, guard } = guarded();
    const both = guard(20);
    await clock.sleep(5000);
    await coordination.lease.claim(await opened('run-1', coordination), noon + 10_000);
    await both;
    expect(asked.map(({ at, epoch, method }) => [at, method, epoch])).toEqual([
      [0, 'PUT', 0],
      [4, 'PUT', 0],
      [8, 'DELETE', 0],
      [12, 'PUT', 1],
      [16, 'PUT', 1],
    ]);
  });

  it('leaves a claim alone that was sealed', async () => {
    const { asked, clock, coordination, guard } = guarded();
    const both = guard(20);
    await clock.sleep(5000);
    const run = await opened('run-1', coordination);
    await coordination.lease.claim(run, noon + 10_000);
    await coordination.lease.seal(run);
    await both;
    expect(asked.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'DELETE']);
  });
});
