import type { ApiCall } from '../../cloud/history.ts';
import type { Lab } from '../lab.ts';
import { type Fault, nowMs } from './fault.ts';

/**
 * The process that orchestrates the run is killed when its first call of this command has taken effect, and before it
 * hears of that: engine and handlers are gone in the middle of a step.
 */
export const orchestratorDiesAt = (command: ApiCall['command']): Fault => {
  const owner = Symbol(command);
  return {
    what: `the process that orchestrates the run is killed when its ${command} takes effect`,
    strike(lab) {
      lab.intercepts.add(owner, (call) => {
        if (call.command !== command || call.caller === '') return undefined;
        lab.intercepts.remove(owner);
        orchestratorsOf(lab).killActive();
        return 'lost-answer';
      });
      return nowMs();
    },
  };
};

/** The same, when this function makes its first call: before it has done anything, and after all that came before. */
export const orchestratorDiesIn = (step: string): Fault => {
  const owner = Symbol(step);
  return {
    what: `the process that orchestrates the run is killed when ${step} begins`,
    strike(lab) {
      lab.intercepts.add(owner, ({ caller }) => {
        if (caller !== step) return undefined;
        lab.intercepts.remove(owner);
        orchestratorsOf(lab).killActive();
        return 'lost-answer';
      });
      return nowMs();
    },
  };
};

function orchestratorsOf({ orchestrators }: Lab) {
  if (orchestrators === undefined) throw new Error('this scenario needs `orchestrators` in its settings');
  return orchestrators;
}
