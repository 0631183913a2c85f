import { askedIn, decideDirective } from '../../shared/domain/directive.ts';
import { isFailure } from '../../shared/domain/errors.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import type { World } from '../cloud/world.ts';

/** What the person on duty says when a run asks. */
export interface Attitude {
  /** Before promotion; `silent`: nobody is there. */
  readonly toQuestions: 'approve' | 'decline' | 'silent';
  /** When a run is held. */
  readonly toHolds: 'resume' | 'stop' | 'skip orders-service' | 'silent';
}

export interface Operator {
  /** Changes during a day; nobody is there at first. */
  attitude: Attitude;
}

export interface OperatorOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly coordination: Coordination;
}

const looksEveryMs = 25_000;
const countsForMs = 120_000;

/** Looks at the run that is open, as `understudy status` would show it, and records what it asks for: the same rules decide. */
export function operator({ coordination, plan, world }: OperatorOptions): Operator {
  const { clock, stopping } = world.host;
  const person: Operator = { attitude: { toQuestions: 'silent', toHolds: 'silent' } };
  const look = async (): Promise<void> => {
    const { toHolds, toQuestions } = person.attitude;
    if (toQuestions === 'silent' && toHolds === 'silent') return;
    const run = (await coordination.lock.state(plan.application))?.currentRun;
    const asked = run === undefined ? undefined : askedIn(await coordination.journal.read(run.id));
    if (run === undefined || asked === undefined) return;
    const said = asked.step === 'approve' ? toQuestions : toHolds;
    if (said === 'silent') return;
    const [type, resource] = said.split(' ');
    const at = clock.nowMs();
    const who = { by: 'the operator', reason: 'on duty', at, expiresAt: at + countsForMs };
    const needs = asked.needs.length > 0 ? { needs: asked.needs } : {};
    const directive = {
      ...who,
      type,
      ...(resource === undefined ? {} : { resource }),
      ...(said === 'approve' ? needs : {}),
    };
    const decided = decideDirective({ directive, now: at, isActive: true, asked });
    if (decided.accepted) await coordination.directives.record(run.id, decided.directive);
  };
  world.host.background(async () => {
    while (!stopping.aborted) {
      await clock.sleep(looksEveryMs, stopping);
      // The table may be out of reach: the person tries again.
      await look().catch((error: unknown) => {
        if (!isFailure(error)) throw error;
      });
    }
  });
  return person;
}
