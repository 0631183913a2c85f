import {
  type DescribeAlarmsCommandInput,
  type GetMetricDataCommandInput,
  type GetMetricStatisticsCommandInput,
  InvalidNextToken,
  type MetricAlarm,
  type PutMetricAlarmCommandInput,
  type PutMetricDataCommandInput,
  ResourceNotFound,
  type SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { type Alarm, judge, makeAlarm, metricIdOf, stateChangeEvent } from './cloudwatch/alarm.ts';
import type { AlarmState } from './cloudwatch/evaluation.ts';
import { MetricStore } from './cloudwatch/metrics.ts';
import { getMetricData, getMetricStatistics } from './cloudwatch/queries.ts';
import { fault, notSimulated } from './errors.ts';
import type { NewEvent } from './eventbridge.ts';
import { arn, type Host, rest, type Service, timestamp } from './host.ts';

export interface CloudWatchOptions {
  readonly host: Host;
  readonly region: string;
  /** To the Region's event bus. */
  readonly emit: (event: NewEvent) => void;
  readonly publish: (topicArn: string, message: string) => void;
}

/** Alarms this fine are evaluated whenever data arrives; see judge(). */
const eagerPeriodSecondsMax = 10;

/** Amazon CloudWatch in one Region: metrics and metric alarms. */
export class CloudWatch implements Service {
  readonly operations = {
    PutMetricData: (input: PutMetricDataCommandInput) => this.#putData(input),
    GetMetricData: (input: GetMetricDataCommandInput) => getMetricData(this.#store, input),
    GetMetricStatistics: (input: GetMetricStatisticsCommandInput) => getMetricStatistics(this.#store, input),
    PutMetricAlarm: (input: PutMetricAlarmCommandInput) => this.#putAlarm(input),
    DescribeAlarms: (input: DescribeAlarmsCommandInput) => this.#describe(input),
    SetAlarmState: (input: SetAlarmStateCommandInput) => this.#set(input),
    DeleteAlarms: (input: { AlarmNames?: string[] | undefined }) => this.#delete(input.AlarmNames ?? []),
  };
  readonly #options: CloudWatchOptions;
  readonly #store = new MetricStore();
  readonly #alarms = new Map<string, Alarm>();

  constructor(options: CloudWatchOptions) {
    this.#options = options;
  }

  /** The alarm's state, as Route 53 health checks of type CLOUDWATCH_METRIC follow it. */
  alarmState(name: string): AlarmState | undefined {
    return this.#alarms.get(name)?.StateValue;
  }

  #putData(input: PutMetricDataCommandInput): object {
    const now = this.#options.host.clock.nowMs();
    const touched = new Set(
      (input.MetricData ?? []).map((datum) => this.#store.add(input.Namespace ?? '', datum, now)),
    );
    for (const alarm of this.#alarms.values()) {
      if (alarm.Period <= eagerPeriodSecondsMax && touched.has(metricIdOf(alarm))) this.#evaluate(alarm.AlarmName);
    }
    return {};
  }

  #putAlarm(input: PutMetricAlarmCommandInput): object {
    const { host, region } = this.#options;
    const name = input.AlarmName ?? '';
    const actions = [input.AlarmActions, input.OKActions, input.InsufficientDataActions].flatMap((list) => list ?? []);
    const unknown = actions.find((action) => !action.includes(':sns:'));
    if (unknown !== undefined) throw notSimulated('CloudWatch', `alarm action ${unknown}`);
    const existing = this.#alarms.get(name);
    const alarm = makeAlarm(input, {
      arn: arn(host, region, ['cloudwatch', `alarm:${name}`]),
      now: timestamp(host),
      existing,
    });
    this.#alarms.set(name, alarm);
    if (existing === undefined) host.background(() => this.#tick(name));
    return {};
  }

  /** Time passes without data, too: this is what notices that a metric has stopped. */
  async #tick(name: string): Promise<void> {
    const { host, region } = this.#options;
    for (let alarm = this.#alarms.get(name); alarm !== undefined; alarm = this.#alarms.get(name)) {
      await rest(host, (alarm.Period < 60 ? 10_000 : 60_000) * host.settings.alarmTimeScale);
      await host.up(region);
      if (host.stopping.aborted) return;
      this.#evaluate(name);
    }
  }

  #evaluate(name: string): void {
    const { host } = this.#options;
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) return;
    const { state, reason, reasonData } = judge(alarm, this.#store, {
      nowMs: host.clock.nowMs(),
      timeScale: host.settings.alarmTimeScale,
    });
    if (state === 'retain' || state === alarm.StateValue) return;
    this.#change(alarm, { state, reason: reason(), reasonData: reasonData() });
  }

  #change(previous: Alarm, to: { state: AlarmState; reason: string; reasonData: string | undefined }): void {
    const now = timestamp(this.#options.host);
    const isTransition = previous.StateValue !== to.state;
    const alarm: Alarm = {
      ...previous,
      StateValue: to.state,
      StateReason: to.reason,
      StateReasonData: to.reasonData,
      StateUpdatedTimestamp: now,
      StateTransitionedTimestamp: isTransition ? now : previous.StateTransitionedTimestamp,
    };
    this.#alarms.set(alarm.AlarmName, alarm);
    if (!isTransition) return;
    const event = stateChangeEvent(alarm, previous);
    this.#options.emit(event);
    for (const action of actionsOf(alarm)) this.#options.publish(action, JSON.stringify(event.detail));
  }

  #describe(input: DescribeAlarmsCommandInput): {
    MetricAlarms: MetricAlarm[];
    CompositeAlarms: never[];
    NextToken?: string;
  } {
    const all = [...this.#alarms.values()]
      .filter(({ AlarmName }) => input.AlarmNames?.includes(AlarmName) ?? true)
      .filter(({ AlarmName }) => AlarmName.startsWith(input.AlarmNamePrefix ?? ''))
      .filter(({ StateValue }) => input.StateValue === undefined || StateValue === input.StateValue)
      .sort((a, b) => (a.AlarmName < b.AlarmName ? -1 : 1));
    const from = Number(input.NextToken ?? 0);
    if (Number.isNaN(from)) throw fault(InvalidNextToken, 'The next token specified is invalid.');
    const to = from + (input.MaxRecords ?? 50);
    const more = to < all.length ? { NextToken: String(to) } : {};
    return { MetricAlarms: all.slice(from, to), CompositeAlarms: [], ...more };
  }

  /** "This temporary state change lasts only until the next alarm comparison occurs." – CloudWatch User Guide */
  #set(input: SetAlarmStateCommandInput): object {
    const alarm = this.#alarms.get(input.AlarmName ?? '');
    if (alarm === undefined) throw fault(ResourceNotFound, `Alarm ${input.AlarmName} does not exist`, 404);
    const { StateValue: state = alarm.StateValue, StateReason: reason = '', StateReasonData: reasonData } = input;
    this.#change(alarm, { state, reason, reasonData });
    return {};
  }

  #delete(names: readonly string[]): object {
    const missing = names.find((name) => !this.#alarms.has(name));
    if (missing !== undefined) throw fault(ResourceNotFound, `Alarm ${missing} does not exist`, 404);
    for (const name of names) this.#alarms.delete(name);
    return {};
  }
}

function actionsOf(alarm: Alarm): readonly string[] {
  if (alarm.ActionsEnabled === false) return [];
  const actions = {
    ALARM: alarm.AlarmActions,
    OK: alarm.OKActions,
    INSUFFICIENT_DATA: alarm.InsufficientDataActions,
  };
  return actions[alarm.StateValue] ?? [];
}
