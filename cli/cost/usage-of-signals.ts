import { type Plan, pausesWhenQuiet, type Signal } from '../../shared/domain/plan.ts';
import { places } from '../../shared/domain/run.ts';
import type { Usage } from './bill.ts';

const sites = [...places, 'witness'] as const;

/** Of a place: whether probes fail, whether they are answered at all, the heartbeat it replays, and its rate of writes. */
const metricsOfAPlace = 4;

/** The alarms that the stack makes for the plan's signals, and the metrics behind them. */
export function signalUsage(plan: Plan): readonly Usage[] {
  const signals = plan.detection.signals.filter(({ kind }) => kind !== 'alarm');
  const slow = signals.filter(({ windowSeconds }) => windowSeconds % 60 === 0).length;
  return [
    { part: 'signals: alarms of a minute', price: 'alarm', quantity: slow, arithmetic: `${slow} signals` },
    {
      part: 'signals: alarms of 10 s',
      price: 'fastAlarm',
      quantity: signals.length - slow,
      arithmetic: `${signals.length - slow} signals whose window is no whole minute`,
    },
    agreement(signals),
    ...alwaysSent(plan),
  ];
}

function agreement(signals: readonly Signal[]): Usage {
  const ofPrimary = signals.filter(({ watches }) => watches === 'primary');
  const quantity = sites.filter((site) => ofPrimary.filter(({ observer }) => observer === site).length > 1).length;
  const arithmetic = `${quantity} observers with several signals of the primary`;
  return { part: 'signals: composite alarms', price: 'compositeAlarm', quantity, arithmetic };
}

/** Observers that pause while all is well send nothing then. */
function alwaysSent(plan: Plan): readonly Usage[] {
  if (pausesWhenQuiet(plan)) return [];
  const pairs = sites.length * places.length;
  const itself = plan.detection.selfCheck.length > 0 ? sites.length : 0;
  return [
    {
      part: 'signals: metrics',
      price: 'customMetric',
      quantity: pairs * metricsOfAPlace + itself,
      arithmetic: `${pairs} pairs of observer and place × ${metricsOfAPlace}, ${itself} self-checks`,
    },
  ];
}
