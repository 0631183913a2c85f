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
  const pulse = await readPulse(deps.outside, plan, { place: to.place, now: deps.clock.now(), seconds: stableSeconds });
  const { isWell, why } = judgeWell(pulse, { stableSeconds, everySeconds: plan.detection.probes.everySeconds });
  const sentence = `${to.region} ${why}`;
  if (isWell) return { status: 'settled', why: `${request.trigger}: ${request.reason}; ${sentence}` };
  return { status: 'refused', refusal: 'home-not-well', why: sentence };
}
