import type { Outside } from '../../../shared/aws/outside.ts';
import { inNameOf } from '../../cloud/running-function.ts';
import type { Callable } from '../../cloud/wire.ts';
import { flatten } from './flat-error.ts';
import type { Answer, Question } from './messages.ts';

export interface Reachable {
  readonly world: Callable;
  readonly net: Pick<Outside, 'http' | 'dns'>;
}

/** Does in the lab's process what an orchestrator asked for. Never rejects: a failure is an answer, too. */
export async function answerTo(question: Question, reachable: Reachable): Promise<Answer> {
  try {
    return { ok: true, value: await perform(question, reachable) };
  } catch (error) {
    return { ok: false, error: flatten(error) };
  }
}

function perform(question: Question, { net, world }: Reachable): Promise<unknown> {
  if (question.what === 'http') return net.http(question.input);
  if (question.what === 'dns') return net.dns(question.input);
  return inNameOf(question.caller, () => world.call(question.input));
}
