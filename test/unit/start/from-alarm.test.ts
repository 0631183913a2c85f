import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../shared/domain/plan.ts';
import { RunRequest } from '../../../shared/domain/run.ts';
import { AlarmEvent, startFromAlarm } from '../../../shared/start/from-alarm.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { recovery, witnessRegion } from '../../support/sample-run.ts';

const plan = await loadedPlan();
const wentOffAt = Date.UTC(2026, 0, 1, 12, 0, 0, 985);

interface Told {
  readonly alarm: string;
  readonly region: string;
  readonly value: string;
  readonly timestamp: string;
}
/** Shaped like the example of the CloudWatch User Guide, "Alarm events and EventBridge". */
const eventOf = ({
  alarm = 'shop-primary-fails',
  region = recovery.region,
  value = 'ALARM',
  timestamp = '2026-01-01T12:00:00.985+0000',
}: Partial<Told> = {}) => ({
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-01-01T12:00:01Z',
  region,
  resources: [`arn:aws:cloudwatch:${region}:123456789012:alarm:${alarm}`],
  detail: {
    alarmName: alarm,
    configuration: { metrics: [{ id: 'm1', returnData: true }] },
    previousState: { reason: 'Threshold Crossed', timestamp: '2026-01-01T11:00:00.000+0000', value: 'OK' },
    state: { reason: 'Threshold Crossed', reasonData: '{}', timestamp, value },
  },
});
const startOf = (event: unknown, plans: readonly Plan[] = [plan]) => startFromAlarm(AlarmEvent.parse(event), plans);

describe('an alarm that is a signal of a plan', () => {
  it('asks for a run that leaves the watched place, dated back by the window of the alarm', () => {
    expect(startOf(eventOf())).toMatchObject({
      start: true,
      request: { application: 'shop', trigger: 'alarm', from: 'primary', incidentAt: wentOffAt - 30_000 },
    });
  });

  it('asks for the same execution with the same input when it is delivered twice', () => {
    const again = { ...eventOf(), id: 'another-delivery', time: '2026-01-01T12:05:00Z' };
    expect(startOf(again)).toEqual(startOf(eventOf()));
  });

  it.each([
    ['the same alarm at another moment', eventOf({ timestamp: '2026-01-01T12:00:00.986+0000' })],
    ["another observer's alarm of the same name", eventOf({ region: witnessRegion })],
  ])('asks for another execution: %s', (_title, event) => {
    const [one, other] = [startOf(eventOf()), startOf(event)];
    expect([one.start, other.start]).toEqual([true, true]);
    expect(other).not.toHaveProperty('name', 'name' in one ? one.name : '');
  });

  it('asks for a dry run where the plan only wants to observe', async () => {
    const observed = await loadedPlan((draft) => Object.assign(draft, { policy: { mode: 'observe' } }));
    expect(startOf(eventOf(), [observed])).toMatchObject({ start: true, request: { trigger: 'alarm', dryRun: true } });
    expect(startOf(eventOf())).not.toHaveProperty('request.dryRun');
  });

  it('has gone off when it falls silent, where the plan says that its silence tells', async () => {
    const silent = eventOf({ value: 'INSUFFICIENT_DATA', region: witnessRegion });
    const telling = await loadedPlan((draft) =>
      Object.assign(draft.detection.signals[1] ?? {}, { missingData: 'failing' }),
    );
    expect(startOf(silent, [telling]).start).toBe(true);
    expect(startOf(silent).start).toBe(false);
  });

  it('finds its plan among several', async () => {
    const bank = await loadedPlan((draft) => {
      draft['application'] = 'bank';
      for (const signal of draft.detection.signals) signal['alarm'] = 'bank-primary-fails';
    });
    expect(startOf(eventOf({ alarm: 'bank-primary-fails' }), [plan, bank])).toMatchObject({
      request: { application: 'bank' },
    });
  });
});

describe('no run is asked for', () => {
  it.each<[string, unknown]>([
    ['an alarm of no plan', eventOf({ alarm: 'somebody-elses' })],
    ['an alarm of that name in a Region that does not observe', eventOf({ region: 'us-east-1' })],
    ['an alarm that is well again', eventOf({ value: 'OK' })],
    ['an alarm without data', eventOf({ value: 'INSUFFICIENT_DATA' })],
  ])('by %s', (_title, event) => {
    expect(startOf(event).start).toBe(false);
  });

  it('by what a place says of itself', async () => {
    const own = await loadedPlan((draft) => {
      draft.detection.signals.push({ id: 'own', kind: 'alarm', alarm: 'own-word', observer: 'primary' });
    });
    expect(startOf(eventOf({ alarm: 'own-word', region: 'eu-west-1' }), [own]).start).toBe(false);
  });

  it('without a plan', () => {
    expect(startOf(eventOf(), []).start).toBe(false);
  });
});

describe('what is no event of an alarm is malformed', () => {
  it.each<[string, unknown]>([
    ['a state that does not exist', eventOf({ value: 'PANIC' })],
    ['a time that cannot be read', eventOf({ timestamp: 'yesterday' })],
    ['another event', { ...eventOf(), 'detail-type': 'CloudWatch Alarm Configuration Change' }],
    ['an event of another source', { ...eventOf(), source: 'my.application' }],
    ['an event without resources', { ...eventOf(), resources: [] }],
    ['an event without detail', { ...eventOf(), detail: undefined }],
    ['nothing', undefined],
    ['text', 'alarm'],
  ])('%s', (_title, event) => {
    expect(AlarmEvent.safeParse(event).success).toBe(false);
  });
});

describe('whatever the plan and the moment', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/);
  const windowSeconds = fc.double({ min: 0.001, max: 86_400, noNaN: true });
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });

  it('the name is one that Step Functions takes and the request is one that Detect takes', () => {
    fc.assert(
      fc.property(name, windowSeconds, moment, (application, seconds, at) => {
        const signals = plan.detection.signals.map((signal) => ({ ...signal, windowSeconds: seconds }));
        const other = { ...plan, application, detection: { ...plan.detection, signals } };
        const start = startOf(eventOf({ timestamp: at.toISOString().replace('Z', '+0000') }), [other]);
        expect(start).toMatchObject({ start: true, name: expect.stringMatching(/^[A-Za-z0-9_-]{1,80}$/) });
        const request = 'request' in start ? start.request : undefined;
        expect(RunRequest.safeParse(JSON.parse(JSON.stringify(request)))).toMatchObject({ success: true });
      }),
    );
  });
});
