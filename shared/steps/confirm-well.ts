import type { Direction } from '../domain/direction.ts';
import type { Plan } from '../domain/plan.ts';
import { type Purpose, seatOf } from '../domain/run.ts';
import { judgeWell } from '../domain/well.ts';
import { commandFor } from './advice.ts';
import type { Confirmed } from './confirm-by-signals.ts';
import type { Deps, StepInput } from './contract.ts';

/** Settled: the Region to which a planned run goes has been well for as long as the plan wants. */
export async function confirmWell(
  { request, startedAt }: StepInput,
  deps: Deps,
  {
    direction: { from, to },
    plan,
    purpose,
  }: { readonly direction: Direction; readonly plan: Plan; readonly purpose: Purpose },
): Promise<Confirmed> {
  if (request.trigger === 'takeover') return { status: 'settled', why: `takeover: ${request.reason}` };
  const { readPulse } = await import('../signals/pulse.ts');
  const { stableSeconds } = plan.policy.failback;
  const asked = { place: to.place, now: deps.clock.now(), seconds: stableSeconds };
  const pulse = await readPulse(deps.outside, plan, { ...asked, probeFunction: probeBeside(deps.stateMachineArn) });
  const { isWell, why: told } = judgeWell(pulse, {
    stableSeconds,
    everySeconds: plan.detection.probes.quietEverySeconds,
  });
  const sentence = `${to.region} ${told}`;
  if (isWell) return { status: 'settled', why: `${request.trigger}: ${request.reason}; ${sentence}` };
  // A reprotect holds nobody up and nobody watches it: what has troubled the Region may be the move that it comes from.
  const waitUntil = Date.parse(startedAt) + 2 * stableSeconds * 1000 + plan.detection.agreeWithinSeconds * 1000;
  if (purpose === 'reprotect' && deps.clock.now() < waitUntil) {
    return { status: 'waiting', why: sentence, retryAfterSeconds: Math.max(0.1, stableSeconds / 10) };
  }
  const { region } = seatOf({ from, purpose, to });
  const again = commandFor({ application: plan.application, purpose, region });
  const why = `${sentence}; once it has been well for ${stableSeconds} s: ${again}`;
  return { status: 'refused', refusal: 'home-not-well', why };
}

/** All of a stack are called alike but for their last word, in every Region. */
const probeBeside = (failoverMachine: string): string =>
  (failoverMachine.split(':').at(-1) ?? '').replace(/failover$/, 'probe');
