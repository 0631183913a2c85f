import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBreak } from '../../shared/coordination/hash-chain.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import type { Run } from '../../shared/domain/run.ts';
import { application, primary, recovery, sampleNote, wantsToOpen } from '../support/sample-run.ts';
import { type SmallWorld, smallWorld } from '../support/small-world.ts';

const staleAfterMs = 1000;
/** What one process does next; time passes only where somebody waits. */
const move = fc.oneof(
  { weight: 3, arbitrary: fc.constant('open' as const) },
  { weight: 2, arbitrary: fc.constant('hold' as const) },
  { weight: 1, arbitrary: fc.constant('stop' as const) },
  { weight: 1, arbitrary: fc.constant('pause' as const) },
);
const script = fc.array(move, { minLength: 1, maxLength: 5 });
/** Two processes may work on the same run: Step Functions repeats a task whose answer was lost. */
const processes = fc.array(fc.record({ runId: fc.constantFrom('run-1', 'run-2', 'run-3'), moves: script }), {
  minLength: 2,
  maxLength: 4,
});

interface Witnessed {
  /** Epoch and run as somebody was told that it was opened. */
  readonly opened: Run[];
  /** The epochs of the lock item after each change, in the order of the changes. */
  readonly epochs: number[];
}

async function play(coordination: Coordination, { clock }: SmallWorld, one: { runId: string; moves: string[] }) {
  const { lock } = coordination;
  const opened: Run[] = [];
  for (const what of one.moves) {
    const run = opened.at(-1);
    if (what === 'pause') clock.advance(staleAfterMs + 1);
    if (what === 'hold' && run !== undefined) await lock.hold(run);
    if (what === 'stop' && run !== undefined) await lock.close(run, 'stopped');
    if (what !== 'open') continue;
    const opening = await lock.open(wantsToOpen(one.runId, { staleAfterMs }));
    if (opening.status === 'opened') opened.push(opening.run);
  }
  return opened;
}

/** Lets fast-check choose, call by call, which process goes on. */
async function interleaved(
  schedule: fc.Scheduler,
  small: SmallWorld,
  wanted: readonly { runId: string; moves: string[] }[],
): Promise<Witnessed> {
  const epochs: number[] = [];
  const watch = (): void => {
    const [lock] = small.world.dynamoDb.items('understudy').filter((item) => item['sk']?.S === 'lock');
    if (lock !== undefined) epochs.push(Number(lock['epoch']?.N));
  };
  small.world.intercept = async () => {
    watch();
    await schedule.schedule(Promise.resolve());
  };
  const regions = [recovery.region, primary.region];
  const plays = wanted.map((one, index) => play(small.coordinationIn(regions[index % 2] ?? ''), small, one));
  const opened = await schedule.waitFor(Promise.all(plays));
  watch();
  return { opened: opened.flat(), epochs };
}

describe('many runs that open, hold and close the lock in any interleaving', () => {
  it('have one epoch each, and the epoch rises by exactly one with each run that is opened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), processes, async (schedule, wanted) => {
        const { epochs, opened } = await interleaved(schedule, smallWorld(), wanted);
        const steps = epochs.slice(1).map((epoch, index) => epoch - (epochs[index] ?? 0));
        expect(steps.filter((step) => step !== 0 && step !== 1)).toEqual([]);
        const runsByEpoch = Map.groupBy(opened, ({ epoch }) => epoch);
        const shared = [...runsByEpoch.values()].filter((runs) => new Set(runs.map(({ id }) => id)).size > 1);
        expect(shared).toEqual([]);
        expect(Math.max(0, ...opened.map(({ epoch }) => epoch))).toBe(epochs.at(-1) ?? 0);
        expect(runsByEpoch.size).toBe(epochs.at(-1) ?? 0);
      }),
      { numRuns: 30 },
    );
  });

  it('leave at most one that holds the lock', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), processes, async (schedule, wanted) => {
        const small = smallWorld();
        const { opened } = await interleaved(schedule, small, wanted);
        small.world.intercept = undefined;
        const { lock } = small.coordinationIn(recovery.region);
        const holding = new Set<number>();
        for (const run of opened) if (await lock.hold(run)) holding.add(run.epoch);
        const charge = await lock.charge(application);
        expect([...holding]).toEqual(charge?.runId === undefined ? [] : [charge.epoch]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a journal to which several processes write in any interleaving', () => {
  it('is one order without gaps that holds every line once, in the order of each writer', async () => {
    const lines = fc.array(fc.nat({ max: 4 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lines, async (schedule, counts) => {
        const small = smallWorld();
        small.world.intercept = async () => schedule.schedule(Promise.resolve());
        const write = async (count: number, writer: number): Promise<void> => {
          const { journal } = small.coordinationIn(recovery.region);
          for (let line = 0; line < count; line++) await journal.append(sampleNote({ data: [writer, line] }));
        };
        await schedule.waitFor(Promise.all(counts.map(write)));
        small.world.intercept = undefined;
        const entries = await small.coordinationIn(primary.region).journal.read('run-1');
        expect(firstBreak(entries)).toBeUndefined();
        counts.forEach((count, writer) => {
          const own = entries.map(({ data }) => data as [number, number]).filter(([by]) => by === writer);
          expect(own.map(([, line]) => line)).toEqual(Array.from({ length: count }, (_, line) => line));
        });
      }),
      { numRuns: 12 },
    );
  });
});
