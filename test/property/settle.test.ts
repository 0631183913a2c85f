import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBreak } from '../../shared/coordination/hash-chain.ts';
import { fates } from '../support/lamps.ts';
import { pace, settling } from '../support/settling.ts';

/** What becomes of one write to the coordination table; `crash-after`: it was written, and the process is gone. */
const writeFates = ['ok', 'ok', 'ok', 'lost-answer', 'crash-before', 'crash-after'] as const;
const invocationsMax = 60;

interface Script {
  readonly acts: readonly (typeof fates)[number][];
  readonly writes: readonly (typeof writeFates)[number][];
  readonly invisibleMs: number;
}
const scripts: fc.Arbitrary<Script> = fc.record({
  acts: fc.array(fc.constantFrom(...fates), { maxLength: 6 }),
  writes: fc.array(fc.constantFrom(...writeFates), { maxLength: 12 }),
  // An effect that stays invisible for longer than that may be asked for twice: the plan promises that it does not.
  invisibleMs: fc.nat({ max: pace.visibilitySeconds * 1000 - 1 }),
});

/** Invokes settle again and again, as the state machine does, until it is settled. */
async function converge({ acts, invisibleMs, writes }: Script) {
  const all = await settling();
  const { crash, lamps, small } = all;
  lamps.fates = [...acts];
  lamps.invisibleMs = invisibleMs;
  const left = [...writes];
  const statuses: string[] = [];
  while (statuses.at(-1) !== 'settled' && statuses.length < invocationsMax) {
    const invocation = all.invoke();
    small.world.intercept = (call) => {
      const fate = call.mutating ? (left.shift() ?? 'ok') : 'ok';
      if (fate === 'crash-before' || fate === 'crash-after') crash();
      if (fate === 'crash-before') return new Error('the process is gone');
      return fate === 'ok' ? undefined : 'lost-answer';
    };
    statuses.push(
      await invocation.then(
        ({ status }) => status,
        () => 'died',
      ),
    );
    small.clock.advance(1000);
  }
  return { ...all, statuses };
}

describe('settle, invoked again and again under any faults', () => {
  it('converges, has its effect exactly once, and leaves a journal whose chain holds', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const { entries, lamps, statuses } = await converge(script);
        expect(statuses.at(-1)).toBe('settled');
        expect(lamps.effects.get('a')).toBe(1);
        expect(firstBreak(await entries())).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('never calls without an intent in the journal', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const { events, lamps } = await converge(script);
        const intents = (await events()).filter((event) => event === 'intended').length;
        expect(intents).toBeGreaterThanOrEqual(lamps.calls.length);
      }),
      { numRuns: 20 },
    );
  });
});
