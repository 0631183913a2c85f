import * as z from 'zod';
import { arn } from '../../domain/arn.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Side } from '../../domain/run.ts';
import type { Arns, Leg } from '../contract.ts';

const Name = z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/, 'letters, digits and . - _, at most 64');
const Role = z.string().regex(/^[\w+=,.@/-]{1,500}$/, 'the name of a role, after its path if it has one');

const Source = z
  .union([
    z.strictObject({
      mapping: z
        .string()
        .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'the UUID of an event source mapping')
        .describe('UUID of a Lambda event source mapping in this place.'),
    }),
    z.strictObject({
      rule: Name.describe('Name of an EventBridge rule in this place.'),
      bus: Name.default('default').describe('Event bus of the rule.'),
    }),
    z.strictObject({
      schedule: Name.describe('Name of an EventBridge Scheduler schedule in this place.'),
      group: Name.default('default').describe('Group of the schedule.'),
      role: Role.describe('Role that the schedule’s target is called with: who writes a schedule must pass it.'),
    }),
  ])
  .describe('What delivers events in this place: a `mapping`, a `rule` or a `schedule`.');
export type Source = z.infer<typeof Source>;

export const Spec = perPlace(Source);
export type Spec = z.infer<typeof Spec>;

export function wordsOf(source: Source): string {
  if ('mapping' in source) return `event source mapping ${source.mapping}`;
  return 'rule' in source ? `rule ${source.rule}` : `schedule ${source.group}/${source.schedule}`;
}

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html, …/list_amazoneventbridge.html and
 * …/list_amazoneventbridgescheduler.html
 */
export function arns(spec: Spec, { from, phase, to }: Leg): Arns {
  const all = sidesOf(phase, { from, to }).map((side) => arnsOf(spec[side.place], side.region));
  const actions = new Set(all.flatMap((one) => Object.keys(one)));
  return Object.fromEntries([...actions].map((action) => [action, all.flatMap((one) => one[action] ?? [])]));
}

/** In flip-dns both: a planned run leaves a Region that delivers until then. */
function sidesOf(phase: Leg['phase'], { from, to }: Pick<Leg, 'from' | 'to'>): readonly Side[] {
  if (phase === 'flip-dns') return [from, to];
  return phase === 'isolate' ? [from] : [to];
}

function arnsOf(source: Source, region: string): Arns {
  if ('mapping' in source) {
    const mappings = [arn('lambda', region, `event-source-mapping:${source.mapping}`)];
    return { 'lambda:GetEventSourceMapping': mappings, 'lambda:UpdateEventSourceMapping': mappings };
  }
  if ('rule' in source) {
    const bus = source.bus === 'default' ? '' : `${source.bus}/`;
    const rules = [arn('events', region, `rule/${bus}${source.rule}`)];
    return { 'events:DescribeRule': rules, 'events:EnableRule': rules, 'events:DisableRule': rules };
  }
  const schedules = [arn('scheduler', region, `schedule/${source.group}/${source.schedule}`)];
  return {
    'scheduler:GetSchedule': schedules,
    'scheduler:UpdateSchedule': schedules,
    'iam:PassRole': [arn('iam', '', `role/${source.role}`)],
  };
}
