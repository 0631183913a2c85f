import { createHash } from 'node:crypto';
import * as z from 'zod';
import { tellsBySilence } from '../domain/detection.ts';
import type { Plan, Signal } from '../domain/plan.ts';
import type { RunRequest } from '../domain/run.ts';

/** The EventBridge event of a CloudWatch alarm that changes its state; fields that are read, others may be there. */
const AlarmEvent = z.object({
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  region: z.string(),
  resources: z.array(z.string()).min(1),
  detail: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']), timestamp: z.string() }),
  }),
});

export type AlarmStart =
  | { readonly start: true; readonly name: string; readonly request: RunRequest; readonly why: string }
  | { readonly start: false; readonly why: string };

const ignore = (why: string): AlarmStart => ({ start: false, why });

/**
 * From an alarm to the run that it asks for. The name of the execution depends only on the alarm and the moment it went
 * off, so the same event delivered twice asks for the same execution.
 */
export function startFromAlarm(event: unknown, plans: Iterable<Plan>): AlarmStart {
  const parsed = AlarmEvent.safeParse(event);
  if (!parsed.success) return ignore(`not an alarm event: ${z.prettifyError(parsed.error)}`);
  const { detail, region, resources } = parsed.data;
  const { alarmName, state } = detail;
  const wentOffAt = Date.parse(state.timestamp.replace(/\+0000$/, 'Z'));
  if (Number.isNaN(wentOffAt)) return ignore(`${alarmName} has no readable time: ${state.timestamp}`);
  const found = signalOf(alarmName, region, plans);
  if (found === undefined) return ignore(`alarm ${alarmName} in ${region} is a signal of no plan`);
  const { plan, signal } = found;
  if (state.value !== 'ALARM' && !(state.value === 'INSUFFICIENT_DATA' && tellsBySilence(signal))) {
    return ignore(`${alarmName} went to ${state.value}`);
  }
  if (signal.watches === signal.observer) return ignore(`${alarmName} is what ${signal.watches} says of itself`);
  const reason = `alarm ${alarmName} in ${region}`;
  return {
    start: true,
    name: executionName(plan.application, resources[0] ?? alarmName, wentOffAt),
    request: {
      application: plan.application,
      trigger: 'alarm',
      from: signal.watches,
      reason,
      incidentAt: Math.round(wentOffAt - signal.windowSeconds * 1000),
      ...(plan.policy.mode === 'observe' ? { dryRun: true } : {}),
    },
    why: `${reason} went off at ${new Date(wentOffAt).toISOString()}`,
  };
}

function signalOf(alarm: string, region: string, plans: Iterable<Plan>): { plan: Plan; signal: Signal } | undefined {
  for (const plan of plans) {
    const signal = plan.detection.signals.find((one) => one.alarm === alarm && plan.regions[one.observer] === region);
    if (signal !== undefined) return { plan, signal };
  }
  return undefined;
}

/** At most 80 characters of what Step Functions allows in a name. */
function executionName(application: string, alarmArn: string, wentOffAt: number): string {
  const digest = createHash('sha256').update(`${alarmArn} ${wentOffAt}`).digest('hex').slice(0, 12);
  return `${application}-alarm-${wentOffAt}-${digest}`;
}
