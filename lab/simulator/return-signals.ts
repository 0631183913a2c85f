/** A signal of shop.plan.yml, as far as its twin differs from it. */
export interface PlannedSignal {
  readonly id: string;
  readonly alarm: string;
  readonly observer: string;
}

const alarms: Readonly<Record<string, string>> = {
  'shop-primary-fails': 'shop-recovery-fails',
  'shop-recovery-hears-nothing': 'shop-primary-hears-nothing',
};

/** For each signal a twin that watches the recovery Region, so that the way home is open without a person. */
export const returnSignals = (signals: readonly PlannedSignal[]): readonly object[] =>
  signals.map((signal) => ({
    ...signal,
    id: `back-${signal.id}`,
    alarm: alarms[signal.alarm] ?? signal.alarm,
    observer: signal.observer === 'recovery' ? 'primary' : signal.observer,
    watches: 'recovery',
  }));
