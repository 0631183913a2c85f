import { type CollectionTag, isCollection, parse, type ScalarTag } from 'yaml';
import * as z from 'zod';
import { textOf } from './files.ts';

/** CloudFormation's short forms, read as what they are applied to: `!GetAtt A.Arn` → `A.Arn`. */
const shortForms = ['Sub', 'Ref', 'GetAtt', 'Equals', 'Not', 'Condition'];
const customTags = shortForms.flatMap((name): (ScalarTag | CollectionTag)[] => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: 'seq', resolve: (node) => (isCollection(node) ? node : undefined) },
]);

const Statement = z.strictObject({
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Condition: z.unknown().optional(),
});
export type Statement = z.infer<typeof Statement>;

const Schedule = z.object({ Properties: z.object({ Target: z.object({ Input: z.string() }) }) });
const Alarm = z.object({
  Condition: z.string(),
  Properties: z.object({
    AlarmName: z.string(),
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.record(z.string(), z.string())),
    Period: z.number(),
    DatapointsToAlarm: z.number(),
    Threshold: z.number(),
    TreatMissingData: z.string(),
  }),
});
const Policies = z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) }));

const Template = z.object({
  provider: z.object({ timeout: z.number(), runtime: z.string(), environment: z.record(z.string(), z.string()) }),
  functions: z.record(
    z.string(),
    z.strictObject({
      handler: z.string(),
      memorySize: z.number().optional(),
      timeout: z.number().optional(),
      iamRoleStatements: z.array(Statement),
    }),
  ),
  resources: z.object({
    Resources: z.object({
      FailoverMachine: z.object({
        Properties: z.object({ Definition: z.string(), DefinitionSubstitutions: z.record(z.string(), z.string()) }),
      }),
      MachineRole: z.object({ Properties: z.object({ Policies }) }),
      SchedulerRole: z.object({ Properties: z.object({ Policies }) }),
      ProbeSchedule: Schedule,
      GuardSchedule: Schedule,
      TakeOverSchedule: Schedule,
      PrimaryFails: Alarm,
      RecoveryFails: Alarm,
      PrimaryHearsNothing: Alarm,
      RecoveryHearsNothing: Alarm,
      CoordinationTable: z.object({ Properties: z.object({ KeySchema: z.array(z.record(z.string(), z.string())) }) }),
    }),
  }),
});

const raw: unknown = parse(textOf('serverless.yml'), { customTags, merge: true });
export const template = Template.parse(filled(raw));

/** Fills `${self:…}` in: with the value itself where it is all of a string, else with its text. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  }
  if (typeof value !== 'string') return value;
  const whole = /^\$\{self:([\w.]+)\}$/.exec(value)?.[1];
  if (whole !== undefined) return filled(valueAt(whole));
  return value.replaceAll(/\$\{self:([\w.]+)\}/g, (_, path: string) => String(filled(valueAt(path))));
}

function valueAt(path: string): unknown {
  const found = path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], raw);
  if (found === undefined) throw new Error(`serverless.yml refers to self:${path}, which is not there`);
  return found;
}

/** How Serverless calls the function's resource: `flip-dns` → `FlipDashdnsLambdaFunction`. */
export function logicalIdOf(functionName: string): string {
  const spelled = functionName.replaceAll('-', 'Dash');
  return `${spelled.charAt(0).toUpperCase()}${spelled.slice(1)}LambdaFunction`;
}
