import type { LossEstimate } from '../../domain/loss.ts';
import type { Instant } from '../../domain/run.ts';
import type { Goal } from '../contract.ts';
import type { Facts, Sample } from './check.ts';
import type { Spec } from './spec.ts';

/** Just what the estimate is made of. */
type Measured = Pick<Facts, 'lagSamples' | 'heartbeatAges' | 'writeRates'>;

/**
 * The lag that the incident found, by what RDS measures and by the application's own heartbeat, whichever is worse. Samples
 * after the incident must not be used: once the source is dead, lag is the time since the last replayed transaction and
 * grows by a second each second, whatever was lost. Nor a heartbeat from before replication was seen to be stopped.
 */
export function lossOf(goal: Goal, spec: Spec, measured: Measured): LossEstimate {
  const lag = lagBefore(goal, spec, measured);
  const known = [lag, heartbeatBefore(goal, spec, measured)];
  const numbers = known.filter(({ at = 0, seconds }) => seconds !== undefined && at >= (lag.stoppedAt ?? 0));
  if (numbers.length === 0) return { seconds: 'unknown', why: known.map(({ why }) => why).join('; ') };
  const worst = numbers.reduce((a, b) => ((b.seconds ?? 0) > (a.seconds ?? 0) ? b : a));
  const seconds = worst.seconds ?? 0;
  const rate = newestBefore(goal, spec, measured.writeRates)?.value;
  return { seconds, why: worst.why, ...(rate === undefined ? {} : { rows: Math.round(rate * seconds) }) };
}

interface Lag {
  readonly seconds?: number;
  readonly at?: Instant;
  /** When RDS told that nothing was replicated. */
  readonly stoppedAt?: Instant;
  readonly why: string;
}

function lagBefore(goal: Goal, spec: Spec, { lagSamples }: Measured): Lag {
  if (lagSamples === 'unknown') return { why: 'CloudWatch did not tell the replication lag' };
  const newest = newestBefore(goal, spec, lagSamples);
  if (newest === undefined) {
    return { why: `no replication lag was measured in the ${spec.lagAgeSecondsMax} s before the incident` };
  }
  const measured = `measured ${age(goal, newest)} s before the incident`;
  // RDS reports -1 while replication is not active. An older sample would not do: what was lost since is unbounded.
  if (!(newest.value >= 0)) return { stoppedAt: newest.at, why: `replication was not active, ${measured}` };
  return { seconds: newest.value, at: newest.at, why: `replication lag of ${short(newest.value)} s, ${measured}` };
}

function heartbeatBefore(goal: Goal, spec: Spec, { heartbeatAges }: Measured): Lag {
  const newest = newestBefore(goal, spec, heartbeatAges);
  if (newest === undefined || !(newest.value >= 0)) return { why: 'no heartbeat was measured' };
  const measured = `measured ${age(goal, newest)} s before the incident`;
  return {
    seconds: newest.value,
    at: newest.at,
    why: `newest replicated heartbeat ${short(newest.value)} s old, ${measured}`,
  };
}

function newestBefore({ run }: Goal, spec: Spec, samples: readonly Sample[]): Sample | undefined {
  const oldestAt = run.incidentAt - spec.lagAgeSecondsMax * 1000;
  return samples
    .filter(({ at }) => at >= oldestAt && at <= run.incidentAt)
    .reduce<Sample | undefined>((newest, one) => (newest && newest.at >= one.at ? newest : one), undefined);
}

const age = ({ run }: Goal, { at }: { readonly at: Instant }): string => short((run.incidentAt - at) / 1000);

const short = (value: number): string => String(Number(value.toFixed(3)));
