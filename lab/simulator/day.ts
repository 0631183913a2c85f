import type { Coordination } from '../../shared/domain/ports.ts';
import type { openConsole } from './console.ts';
import type { Model } from './model.ts';
import type { Operator } from './operator.ts';

/** The world of one simulated day, and what happenings may do to it. */
export interface Day extends Omit<Model, 'strike'> {
  readonly console: ReturnType<typeof openConsole>;
  /** The person on duty. */
  readonly people: Operator;
  /** The coordination table as people and onlookers use it, without faults. */
  readonly coordination: Coordination;
  /** When a person has halted the application, and until when. */
  readonly halts: { at: number; endedAt?: number }[];
  /** Every process is replaced by a new one. */
  redeploy(): void;
  /** New versions of the functions and the machine; what runs keeps its own, and whatever is not pinned breaks it. */
  upgrade(): void;
}
