import type { Lab } from '../../lab/gameday/lab.ts';

/** Takes away the alarms of the plan. One of them may be a signal in both directions. */
export function withoutAlarms({ plan, world }: Pick<Lab, 'plan' | 'world'>): void {
  for (const [observer, signals] of Map.groupBy(plan.detection.signals, (signal) => signal.observer)) {
    const AlarmNames = [...new Set(signals.map(({ alarm }) => alarm))];
    world.cloudWatch(plan.regions[observer]).operations.DeleteAlarms({ AlarmNames });
  }
}
