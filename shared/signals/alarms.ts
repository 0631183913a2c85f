import { CloudWatchClient, paginateDescribeAlarms, type StateValue } from '@aws-sdk/client-cloudwatch';
import { converted, isUnanswered } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import type { SignalState } from '../domain/detection.ts';
import type { Plan, Signal } from '../domain/plan.ts';

/**
 * The state of every signal, read from the CloudWatch of its observer's Region; all Regions are asked at once. An
 * observer that does not answer is a state too: it says nothing about the Region it watches.
 */
export async function readSignals(
  outside: Outside,
  plan: Plan,
  watched: Signal['watches'],
): Promise<readonly SignalState[]> {
  // What a place says of itself is not asked: it does not count, and a dead Region would only cost its timeout.
  const signals = plan.detection.signals.filter(({ observer, watches }) => watches === watched && observer !== watched);
  const observers = [...new Set(signals.map(({ observer }) => observer))];
  const states = await Promise.all(
    observers.map((observer) =>
      readObserver(
        outside,
        plan.regions[observer],
        signals.filter((signal) => signal.observer === observer),
      ),
    ),
  );
  return states.flat();
}

async function readObserver(
  outside: Outside,
  region: string,
  signals: readonly Signal[],
): Promise<readonly SignalState[]> {
  try {
    const found = await alarmStates(
      outside,
      region,
      signals.map(({ alarm }) => alarm),
    );
    return signals.map((signal) => ({ signal, state: stateOf(found.get(signal.alarm)) }));
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return signals.map((signal) => ({ signal, state: 'unanswered' }));
  }
}

async function alarmStates(
  outside: Outside,
  region: string,
  names: readonly string[],
): Promise<Map<string, StateValue>> {
  const client = outside.client(CloudWatchClient, region);
  return converted(`reading alarms in ${region}`, async () => {
    const states = new Map<string, StateValue>();
    const input = { AlarmNames: [...names], AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
    for await (const page of paginateDescribeAlarms({ client }, input)) {
      for (const { AlarmName, StateValue } of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        if (AlarmName !== undefined && StateValue !== undefined) states.set(AlarmName, StateValue);
      }
    }
    return states;
  });
}

function stateOf(value: StateValue | undefined): SignalState['state'] {
  if (value === undefined) return 'absent';
  if (value === 'ALARM') return 'alarm';
  return value === 'OK' ? 'ok' : 'insufficient-data';
}
