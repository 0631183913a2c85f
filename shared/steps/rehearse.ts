import { approve } from './approve.ts';
import { confirm } from './confirm.ts';
import type { Deps, Step, StepInput, StepResult } from './contract.ts';
import { detect } from './detect.ts';
import { dryRunStep } from './dry-run.ts';
import { flipDns } from './flip-dns.ts';
import { isolate } from './isolate.ts';
import { notify } from './notify.ts';
import { promote } from './promote.ts';
import { restore } from './restore.ts';
import { scale } from './scale.ts';
import { survey } from './survey.ts';
import { verify } from './verify.ts';

/** As the state machine goes when nothing is refused, but one after the other. */
const steps: readonly Step[] = [detect, survey, approve, isolate, promote, scale, verify, flipDns, confirm, notify];

/**
 * A whole dry run in this process: the same steps without a state machine, for a plan that is not deployed yet.
 * @param deps with a leashed outside and a dry run's coordination; nothing else stands between a step and AWS
 * @returns what the last step answered: settled, or refused with the first reason
 */
export async function rehearse(input: StepInput, deps: Deps): Promise<StepResult> {
  for (const step of steps) {
    const result = await dryRunStep(step, input, deps);
    if (result.status === 'settled' && step !== notify) continue;
    if (result.status === 'refused' && step !== detect) await dryRunStep(restore, input, deps);
    return result;
  }
  throw new Error('a rehearsal ends with its last step');
}
