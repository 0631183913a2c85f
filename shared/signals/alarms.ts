import {
  CloudWatchClient,
  type MetricAlarm,
  paginateDescribeAlarms,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import type { SignalState } from '../domain/detection.ts';
import type { Signal } from '../domain/plan.ts';

type AlarmState = Omit<SignalState, 'signal'>;

/** The states of signals of one observer, read from the CloudWatch of its Region. */
export async function readAlarms(
  outside: Outside,
  region: string,
  signals: readonly Signal[],
): Promise<readonly SignalState[]> {
  const found = await converted(`reading alarms in ${region}`, () =>
    describe(outside.client(CloudWatchClient, region), [...new Set(signals.map(({ alarm }) => alarm))]),
  );
  return signals.map((signal) => ({ signal, ...(found.get(signal.alarm) ?? { state: 'absent' }) }));
}

async function describe(client: CloudWatchClient, names: readonly string[]): Promise<ReadonlyMap<string, AlarmState>> {
  const states = new Map<string, AlarmState>();
  const input = { AlarmNames: [...names], AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
  for await (const page of paginateDescribeAlarms({ client }, input)) {
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
      if (alarm.AlarmName !== undefined && alarm.StateValue !== undefined) {
        states.set(alarm.AlarmName, stateOf(alarm, alarm.StateValue));
      }
    }
  }
  return states;
}

/**
 * StateTransitionedTimestamp is when the state last changed; StateUpdatedTimestamp also moves when an alarm is only
 * evaluated differently: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html.
 */
function stateOf(
  alarm: Pick<MetricAlarm, 'StateTransitionedTimestamp' | 'StateUpdatedTimestamp'>,
  value: StateValue,
): AlarmState {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  const state = ({ ALARM: 'alarm', OK: 'ok', INSUFFICIENT_DATA: 'insufficient-data' } as const)[value];
  return { state, ...(since === undefined ? {} : { since: since.getTime() }) };
}
