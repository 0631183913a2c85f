import type { Outside } from '../../../shared/aws/outside.ts';
import type { CallRequest } from '../../cloud/calls.ts';
import { callerName } from '../../cloud/running-function.ts';
import { revive } from './flat-error.ts';
import type { Answer, Question, Report } from './messages.ts';

/** The way of an orchestrator to the World, to HTTP and to DNS: each is a question to the lab's own process. */
export interface RemoteWorld extends Pick<Outside, 'http' | 'dns'> {
  /** Takes one API call as `World.call` does, errors included. A call that was aborted still arrives. */
  call(request: CallRequest): Promise<object>;
  answered(id: number, answer: Answer): void;
}

export function openRemoteWorld(tell: (report: Report) => void): RemoteWorld {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  const ask = async (question: Question): Promise<unknown> => {
    const id = ++asked;
    const waiting = Promise.withResolvers<unknown>();
    open.set(id, waiting);
    tell({ type: 'question', id, question });
    return waiting.promise;
  };
  return {
    call: async (input) => (await ask({ what: 'call', input, caller: callerName() })) as object,
    http: async (input) => (await ask({ what: 'http', input })) as Awaited<ReturnType<Outside['http']>>,
    dns: async (input) => (await ask({ what: 'dns', input })) as Awaited<ReturnType<Outside['dns']>>,
    answered(id, answer) {
      const waiting = open.get(id);
      open.delete(id);
      if (answer.ok) waiting?.resolve(answer.value);
      else waiting?.reject(revive(answer.error));
    },
  };
}
