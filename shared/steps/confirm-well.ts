import type { Direction } from '../domain/direction.ts';
import type { Plan } from '../domain/plan.ts';
import { judgeWell } from '../domain/well.ts';
import type { Confirmed } from './confirm-by-signals.ts';
import type { Deps, StepInput } from './contract.ts';

/** Settled: the Region to which a planned run goes has been well for as long as the plan wants. */
export async function confirmWell(
  { request }: StepInput,
  deps: Deps,
  { direction: { to }, plan }: { readonly direction: Direction; readonly plan: Plan },
): Promise<Confirmed> {
  if (request.trigger === 'takeover') return { status: 'settled', why: `takeover: ${request.reason}` };
  const { readPulse } = await import('../signals/pulse.ts');
  const { stableSeconds } = plan.policy.failback;
  const asked = { place: to.place, now: deps.clock.now(), seconds: stableSeconds };
  const pulse = await readPulse(deps.outside, plan, { ...asked, probeFunction: probeBeside(deps.stateMachineArn) });
  const { isWell, why } = judgeWell(pulse, { stableSeconds, everySeconds: plan.detection.probes.quietEverySeconds });
  const sentence = `${to.region} ${why}`;
  if (isWell) return { status: 'settled', why: `${request.trigger}: ${request.reason}; ${sentence}` };
  return { status: 'refused', refusal: 'home-not-well', why: sentence };
}

/** All of a stack are called alike but for their last word, in every Region. */
const probeBeside = (failoverMachine: string): string =>
  (failoverMachine.split(':').at(-1) ?? '').replace(/failover$/, 'probe');
