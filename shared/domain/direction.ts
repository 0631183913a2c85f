import type { Plan } from './plan.ts';
import type { Charge } from './ports.ts';
import type { Place, RunRequest, Side } from './run.ts';

export interface Direction {
  readonly from: Side;
  readonly to: Side;
}

/** From where to where a run goes: from the place that is asked for, else the one in charge, else the primary. */
export function directionOf(
  plan: Pick<Plan, 'regions'>,
  request: Pick<RunRequest, 'from'>,
  charge?: Charge,
): Direction {
  const inCharge: Place =
    charge !== undefined && charge.activeRegion === plan.regions.recovery ? 'recovery' : 'primary';
  const from = request.from ?? inCharge;
  const to: Place = from === 'primary' ? 'recovery' : 'primary';
  return { from: { place: from, region: plan.regions[from] }, to: { place: to, region: plan.regions[to] } };
}
