import { CloudWatchClient, CloudWatchServiceException, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSignals } from '../../../shared/signals/alarms.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';

const cloudwatch = mockClient(CloudWatchClient);
/** Alarms a to d are seen from recovery, e from witness, and the primary speaks of itself, too. */
const plan = await loadedPlan((draft) => {
  const signal = (alarm: string, observer: string, watches = 'primary') => ({ id: alarm, alarm, observer, watches });
  draft.detection['signals'] = [
    ...['a', 'b', 'c', 'd'].map((alarm) => signal(alarm, 'recovery')),
    signal('e', 'witness'),
    signal('own', 'primary'),
    signal('other', 'witness', 'recovery'),
  ];
});
const alarm = (AlarmName: string, StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') => ({ AlarmName, StateValue });
const timeout = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
const statesOf = async () => (await readSignals(outsideOf(), plan, 'primary')).map((one) => [one.signal.id, one.state]);
const asked = () => cloudwatch.commandCalls(DescribeAlarmsCommand).map((call) => call.args[0].input.AlarmNames);

beforeEach(() => cloudwatch.reset());

describe('reading the signals', () => {
  it('follows the pages, composite alarms too, and knows what is missing', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand, { AlarmNames: ['a', 'b', 'c', 'd'], NextToken: undefined })
      .resolves({ MetricAlarms: [alarm('a', 'ALARM')], NextToken: 'page-2' })
      .on(DescribeAlarmsCommand, { NextToken: 'page-2' })
      .resolves({ MetricAlarms: [alarm('b', 'OK')], CompositeAlarms: [alarm('c', 'INSUFFICIENT_DATA')] })
      .on(DescribeAlarmsCommand, { AlarmNames: ['e'] })
      .resolves({ CompositeAlarms: [alarm('e', 'ALARM')] });
    expect(await statesOf()).toEqual([
      ['a', 'alarm'],
      ['b', 'ok'],
      ['c', 'insufficient-data'],
      ['d', 'absent'],
      ['e', 'alarm'],
    ]);
  });

  it('takes an observer that does not answer for a state of its signals, and hears the other', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand, { AlarmNames: ['e'] })
      .resolves({ MetricAlarms: [alarm('e', 'ALARM')] })
      .on(DescribeAlarmsCommand, { AlarmNames: ['a', 'b', 'c', 'd'] })
      .rejects(timeout);
    expect(await statesOf()).toEqual([
      ['a', 'unanswered'],
      ['b', 'unanswered'],
      ['c', 'unanswered'],
      ['d', 'unanswered'],
      ['e', 'alarm'],
    ]);
  });

  it('asks neither the watched place nor for signals about the other one', async () => {
    cloudwatch.on(DescribeAlarmsCommand).resolves({});
    await statesOf();
    expect(asked()).toEqual([['a', 'b', 'c', 'd'], ['e']]);
  });

  it('fails when it is not allowed to ask: that is no silence', async () => {
    const denied = {
      name: 'AccessDenied',
      $fault: 'client',
      message: 'no',
      $metadata: { httpStatusCode: 403 },
    } as const;
    cloudwatch.on(DescribeAlarmsCommand).rejects(new CloudWatchServiceException(denied));
    await expect(statesOf()).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
  });
});
