import type { Plan } from '../../shared/domain/plan.ts';
import { billOf } from './bill.ts';
import { usageAtRest } from './usage-at-rest.ts';

/** What a month would cost more, or less, if the plan chose otherwise. */
export interface Choice {
  readonly what: string;
  readonly usd: number;
}

const fastLease = { seconds: 20, renewEverySeconds: 4 } as const;

/** The dear choices of a plan one by one, each against the plan as it is. */
export function choicesOf(plan: Plan): readonly Choice[] {
  const { detection, policy } = plan;
  const { lease, ...withoutLease } = policy;
  const signals = detection.signals.filter(({ watches }) => watches === 'primary');
  const probes = { ...detection.probes, quietEverySeconds: detection.probes.everySeconds };
  const choices: readonly (readonly [string, Plan])[] = [
    ['without the write lease', { ...plan, policy: withoutLease }],
    ['without alarms for the way back', { ...plan, detection: { ...detection, signals } }],
    ['probes that never pause', { ...plan, detection: { ...detection, probes } }],
    ...(lease === undefined
      ? []
      : [[fastLeaseWords, { ...plan, policy: { ...policy, lease: { ...lease, ...fastLease } } }] as const]),
  ];
  const asItIs = billOf(usageAtRest(plan)).usd;
  return choices.map(([what, other]) => ({ what, usd: billOf(usageAtRest(other)).usd - asItIs }));
}

const fastLeaseWords = `a lease of ${fastLease.seconds} s, renewed each ${fastLease.renewEverySeconds} s`;
