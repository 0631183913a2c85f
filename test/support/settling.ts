import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import type { Pace } from '../../shared/domain/plan.ts';
import type { Run } from '../../shared/domain/run.ts';
import { type SettleDeps, settle, type Task } from '../../shared/kinds/settle.ts';
import { Crash, type Lamps, lamps } from './lamps.ts';
import { primary, recovery, wantsToOpen } from './sample-run.ts';
import { type SmallWorld, smallWorld } from './small-world.ts';

export const pace: Pace = {
  pollSeconds: 1,
  patienceSeconds: 10,
  visibilitySeconds: 30,
  callTimeoutSeconds: 2,
  stepDeadlineSeconds: 1800,
};

export interface Settling {
  readonly small: SmallWorld;
  readonly lamps: Lamps;
  readonly run: Run;
  /** The dependencies of a new process in the Region being activated. */
  deps(): SettleDeps;
  /** The task of one lamp, with the history that the journal has of it. */
  task(lamp?: string, dependsOn?: readonly string[]): Promise<Task>;
  /** One Lambda invocation that settles one lamp. */
  invoke(lamp?: string): Promise<Outcome>;
  entries(): Promise<readonly JournalEntry[]>;
  events(): Promise<readonly string[]>;
  /** Another run takes over, after the time that this needs. */
  overtake(): Promise<Run>;
  /** From now on the process can do nothing; the next invocation finds all in order again. */
  crash(): void;
}

/** An open run, lamps to settle, and the real coordination over the simulated DynamoDB. */
export async function settling(): Promise<Settling> {
  const small = smallWorld();
  const own = lamps(small.clock);
  const open = async (runId: string): Promise<Run> => {
    const opening = await small.coordinationIn(recovery.region).lock.open(wantsToOpen(runId));
    return opening.status === 'opened' ? opening.run : Promise.reject(new Error(opening.status));
  };
  const run = await open('run-1');
  const entries = (): Promise<readonly JournalEntry[]> => small.coordinationIn(primary.region).journal.read(run.id);
  const deps = (): SettleDeps => {
    const { journal, lock } = small.coordinationIn(recovery.region);
    return { clock: small.clock, outside: small.outsideIn(recovery.region), journal, lock, pace };
  };
  const task: Settling['task'] = async (lamp = 'a', dependsOn = []) => ({
    resource: { id: lamp, kind: own.kind.id, dependsOn, spec: { lamp } },
    kind: own.kind,
    step: 'scale',
    goal: { phase: 'scale', run, objectives: { rtoSeconds: 60, rpoSeconds: 1 }, recorded: {}, surveyed: {} },
    history: (await entries()).filter(({ resource, step }) => resource === lamp && step === 'scale'),
    giveUpAt: small.clock.now() + pace.patienceSeconds * 1000,
  });
  const crash = (): void => {
    small.world.intercept = () => new Crash('the process is gone');
  };
  own.onCrash = crash;
  return {
    small,
    lamps: own,
    run,
    deps,
    task,
    entries,
    invoke: async (lamp) => {
      small.world.intercept = undefined;
      return settle(await task(lamp), deps());
    },
    events: async () => (await entries()).map(({ event }) => event),
    overtake: async () => {
      small.clock.advance(wantsToOpen('').staleAfterMs + 1);
      return open('run-2');
    },
    crash,
  };
}
