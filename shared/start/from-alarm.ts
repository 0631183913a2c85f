import { createHash } from 'node:crypto';
import * as z from 'zod';
import { tellsBySilence } from '../domain/detection.ts';
import type { Plan, Signal } from '../domain/plan.ts';
import type { RunRequest } from '../domain/run.ts';

/** CloudWatch writes the offset without a colon, which is no date-time of ISO 8601 to `Date.parse`. */
const AlarmTime = z
  .string()
  .transform((text) => Date.parse(text.replace(/\+0000$/, 'Z')))
  .refine((at) => !Number.isNaN(at), 'no readable time');

/** The EventBridge event of a CloudWatch alarm that changes its state; fields that are read, others may be there. */
export const AlarmEvent = z.object({
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  region: z.string(),
  resources: z.array(z.string()).min(1),
  detail: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']), timestamp: AlarmTime }),
  }),
});
export type AlarmEvent = z.infer<typeof AlarmEvent>;

export type AlarmStart =
  | { readonly start: true; readonly name: string; readonly request: RunRequest; readonly why: string }
  | { readonly start: false; readonly why: string };

const ignore = (why: string): AlarmStart => ({ start: false, why });

/**
 * From an alarm to the run that it asks for. The name of the execution depends only on the alarm and the moment it went
 * off, so the same event delivered twice asks for the same execution.
 */
export function startFromAlarm({ detail, region, resources }: AlarmEvent, plans: Iterable<Plan>): AlarmStart {
  const { alarmName, state } = detail;
  const wentOffAt = state.timestamp;
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
