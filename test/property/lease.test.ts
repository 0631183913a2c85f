import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directionOf } from '../../shared/domain/direction.ts';
import { outwaitUntil } from '../../shared/domain/lease.ts';
import type { Clock } from '../../shared/domain/ports.ts';
import { type Instant, RunRequest } from '../../shared/domain/run.ts';
import { guard } from '../../shared/guard/guard.ts';
import { leased, terms } from '../support/leased.ts';
import { loadedPlan } from '../support/loaded-plan.ts';
import { application, recovery } from '../support/sample-run.ts';
import { type SmallWorld, smallWorld } from '../support/small-world.ts';

const plan = await loadedPlan(leased);
const [leaseMs, skewMs] = [terms.seconds * 1000, terms.skewSeconds * 1000];
/** A run may be taken over while it outwaits. */
const staleAfterMs = 10_000;

/** One actor after the other gets its turn at each call; time passes where somebody waits, whoever else is in the middle. */
const waits = fc.constantFrom(0, 1, 3000, 8000, leaseMs);
const guardTurns = fc.array(waits, { minLength: 1, maxLength: 3 });
const ends = fc.constantFrom('hands over', 'hands over', 'gives back', 'dies', 'is abandoned');
const histories = fc.record({
  guards: fc.array(fc.record({ place: fc.constantFrom('primary' as const, 'recovery' as const), turns: guardTurns }), {
    minLength: 2,
    maxLength: 3,
  }),
  runs: fc.array(fc.record({ end: ends, waitsMs: waits, offsetMs: fc.nat({ max: skewMs }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  /** How far the clocks of a Region are ahead; no two of them differ by more than the skew. */
  offsetMs: fc.record({ primary: fc.nat({ max: skewMs }), recovery: fc.nat({ max: skewMs }) }),
});
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

/** From when until when, in true time, the writers of a Region may write under one grant. */
interface Granted {
  readonly region: string;
  readonly from: Instant;
  readonly until: Instant;
}

async function played(schedule: fc.Scheduler, history: History): Promise<readonly Granted[]> {
  const small = smallWorld();
  const { clock } = small;
  const grants: Granted[] = [];
  const take = (place: 'primary' | 'recovery', expiresAt: Instant): void => {
    // Writers look at the clock of their own Region.
    grants.push({ region: plan.regions[place], from: clock.now(), until: expiresAt - history.offsetMs[place] });
  };
  // The application is in use already when the history begins.
  await oneTurn(small, { place: 'primary', offsetMs: history.offsetMs.primary, take });
  small.world.intercept = async () => schedule.schedule(Promise.resolve());
  const guards = history.guards.map(async ({ place, turns }) => {
    for (const waitMs of turns) {
      await oneTurn(small, { place, offsetMs: history.offsetMs[place], take });
      clock.advance(waitMs);
    }
  });
  const runs = history.runs.map((one, index) => oneRun(small, { ...one, id: `run-${index}`, take }));
  await schedule.waitFor(Promise.all([...guards, ...runs]));
  return grants;
}

type Take = (place: 'primary' | 'recovery', expiresAt: Instant) => void;

/** The deployed guard for one turn, beside a gate that takes every grant. */
async function oneTurn(
  small: SmallWorld,
  { offsetMs, place, take }: { place: 'primary' | 'recovery'; offsetMs: number; take: Take },
): Promise<void> {
  const region = plan.regions[place];
  const clock: Clock = { now: () => small.clock.now() + offsetMs, sleep: async () => {} };
  const outside = {
    ...small.outsideIn(region),
    http: async ({ body = '' }) => {
      take(place, JSON.parse(body).expiresAt);
      return { answered: true, status: 200, body } as const;
    },
  };
  await guard(plan, 0.001, { region, clock, log: () => {}, outside, coordination: small.coordinationIn(region) });
}

interface RunWanted {
  readonly id: string;
  readonly end: string;
  readonly waitsMs: number;
  readonly offsetMs: number;
  readonly take: Take;
}

/** What Isolate, Promote, Restore and Confirm do to the lease, from whichever Region is in charge to the other. */
async function oneRun(small: SmallWorld, { end, id, offsetMs, take, waitsMs }: RunWanted): Promise<void> {
  const { lease, lock } = small.coordinationIn(recovery.region);
  small.clock.advance(waitsMs);
  const request = RunRequest.parse({ application });
  const direction = directionOf(plan, request, await lock.charge(application));
  const opening = await lock.open({
    runId: id,
    request,
    purpose: 'failover',
    planHash: 'plan',
    ...direction,
    inChargeAtFirst: plan.regions.primary,
    coolDownMs: 0,
    staleAfterMs,
  });
  if (opening.status !== 'opened') return;
  const { run } = opening;
  const claimed = await lease.claim(run);
  if (claimed === undefined || end === 'dies') return;
  if (end === 'gives back') {
    await lease.giveBack(application, { epoch: run.epoch, claimedBy: run.id });
    await lock.close(run, 'stopped');
    return;
  }
  // By a person, behind a promotion whose proof was a fence: nobody has outwaited anything.
  if (end === 'is abandoned') {
    await lock.close(run, 'abandoned');
    return;
  }
  const now = (): Instant => small.clock.now() + offsetMs;
  const until = claimed.region === run.to.region ? 0 : outwaitUntil(claimed, skewMs);
  if (now() < until) small.clock.advance(until - now());
  const grant = await lease.grant(run, now() + leaseMs);
  if (grant === undefined) return;
  take(run.to.place, grant.expiresAt);
  await lock.close(run, 'recovered');
}

/** The first two grants of different Regions that hold at the same time. */
function overlap(grants: readonly Granted[]): readonly Granted[] {
  for (const one of grants) {
    const other = grants.find(
      ({ from, region, until }) => region !== one.region && from < one.until && one.from < until && from < until,
    );
    if (other !== undefined && one.from < one.until) return [one, other];
  }
  return [];
}

describe('guards of both Regions, runs in either direction, and time, in any interleaving', () => {
  it('never let two Regions hold grants at the same time', async () => {
    const seen = { handedOver: 0 };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), histories, async (schedule, history) => {
        const grants = await played(schedule, history);
        seen.handedOver += Number(new Set(grants.map(({ region }) => region)).size === 2);
        expect(overlap(grants)).toEqual([]);
      }),
      { numRuns: 60 },
    );
    // Or else nothing was shown.
    expect(seen.handedOver).toBeGreaterThan(10);
  }, 30_000);
});
