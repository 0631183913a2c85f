import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isFailure } from '../../shared/domain/errors.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { Goal } from '../../shared/kinds/contract.ts';
import { act, observe } from '../../shared/kinds/route53-health-check-flip/aws.ts';
import { check, type Facts, undo } from '../../shared/kinds/route53-health-check-flip/check.ts';
import { parseClaim, Spec } from '../../shared/kinds/route53-health-check-flip/spec.ts';
import { primary, recovery, sampleRun } from '../support/sample-run.ts';
import { smallWorld } from '../support/small-world.ts';

const spec = Spec.parse({
  primary: { bucket: 'claims-primary', key: 'orders' },
  recovery: { bucket: 'claims-recovery', key: 'orders' },
  markName: '_served.shop.example.com',
  nameServers: ['ns-1.example.net'],
});
const runs: readonly Run[] = [1, 2, 3].map((epoch) => sampleRun({ id: `run-${epoch}`, epoch }));
const goalOf = (run: Run): Goal => ({
  phase: 'flip-dns',
  run,
  objectives: { rtoSeconds: 60, rpoSeconds: 1 },
  now: 0,
  recorded: {},
  surveyed: {},
});

/** One run looks, acts on what it saw last (however long ago that was), or takes its act back. */
const anyMove = fc.record({
  run: fc.constantFrom(...runs),
  does: fc.constantFrom('look', 'act', 'undo'),
  answerLost: fc.boolean(),
});

it('whatever runs do, in whatever order and on however old a look: the epoch of a claim never falls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { maxLength: 25 }), async (moves) => {
      const { outsideIn, world } = smallWorld();
      const outside = outsideIn(recovery.region);
      world.s3(primary.region).seedBucket({ name: 'claims-primary' });
      const s3 = world.s3(recovery.region);
      s3.seedBucket({ name: 'claims-recovery' });
      const seen = new Map<Run, Facts>();
      let highest = 0;
      for (const { answerLost, does, run } of moves) {
        if (does === 'look') seen.set(run, await observe(spec, { phase: 'flip-dns', run }, outside));
        const facts = seen.get(run);
        const decision = facts && check(goalOf(run), spec, facts);
        if (does === 'look' || decision?.verdict !== 'act' || facts === undefined) continue;
        const way = does === 'act' ? decision.action : undo(decision.action, facts);
        if ('irreversible' in way) continue;
        world.intercept = () => (answerLost ? 'lost-answer' : undefined);
        await act(way, spec, { phase: 'flip-dns', run }, outside).catch((error: unknown) => {
          if (!isFailure(error)) throw error;
        });
        world.intercept = undefined;
        const epoch = parseClaim(s3.text('claims-recovery', 'orders') ?? '')?.epoch ?? 0;
        expect(epoch).toBeGreaterThanOrEqual(highest);
        highest = epoch;
      }
    }),
  );
});

it('a run that was put back never becomes active again', async () => {
  const { outsideIn, world } = smallWorld();
  const outside = outsideIn(recovery.region);
  world.s3(recovery.region).seedBucket({ name: 'claims-recovery' });
  const run = sampleRun({ epoch: 4 });
  const target = { phase: 'flip-dns', run } as const;
  const before = await observe(spec, target, outside);
  const first = check(goalOf(run), spec, before);
  if (first.verdict !== 'act') throw new Error(first.why);
  await act(first.action, spec, target, outside);
  const back = undo(first.action, before);
  if ('irreversible' in back) throw new Error(back.irreversible);
  await act(back, spec, target, outside);
  const again = check(goalOf(run), spec, await observe(spec, target, outside));
  expect(again).toMatchObject({ verdict: 'refuse', refusal: 'stale-epoch' });
  expect(parseClaim(world.s3(recovery.region).text('claims-recovery', 'orders') ?? '')?.active).toBe(false);
});
