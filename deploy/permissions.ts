import { anyResource, arn } from '../shared/domain/arn.ts';
import { metricNamespace } from '../shared/domain/metric.ts';
import { type Phase, phases } from '../shared/domain/phase.ts';
import type { Plan } from '../shared/domain/plan.ts';
import { places } from '../shared/domain/run.ts';
import type { AnyKind, Leg } from '../shared/kinds/contract.ts';
import { phasesOf } from '../shared/kinds/phases-of.ts';
import { allow, att, type Statement, sub } from './cloudformation.ts';
import { type Deployment, namesOf, regionOf } from './deployment.ts';
import { useKey } from './keys.ts';
import { isScheduled } from './schedules.ts';

/** AWS names actions that change nothing with these words. */
export const isReading = (action: string): boolean => /:(Describe|Get|List|Query)/.test(action);

/** What each function may do: the table, the kinds of its phase, and what its own line says. */
export function statementsOf(deployment: Deployment, name: string): readonly Statement[] {
  const own = phases.filter((phase) => phase === name);
  return [
    ...(withoutTable.includes(name) ? [] : [useTable(deployment)]),
    ...kindStatements(deployment, own, allowedIn(name)),
    ...(besides[name]?.(deployment) ?? []),
    ...(isAsynchronous(name) ? [allow(['sqs:SendMessage'], [att('DeadLetters', 'Arn')])] : []),
    writeLog(deployment, name),
  ];
}

/** What a function may do besides using the table and the kinds of its phase. A step that needs no more has no line. */
const besides: Readonly<Record<string, (deployment: Deployment) => readonly Statement[]>> = {
  detect: () => [allow(['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'], anyResource)],
  survey: (deployment) => kindStatements(deployment, phases, toRead),
  approve: (deployment) => [...kindStatements(deployment, ['promote'], toRead), ...publish(deployment)],
  // Promotion cannot be undone, so Restore has no part in it.
  freeze: (deployment) => publish(deployment),
  reconcile: (deployment) => kindStatements(deployment, ['compare'], allowedIn('reconcile')),
  protect: (deployment) => [startRuns(deployment)],
  restore: (deployment) => kindStatements(deployment, undoable, allowedIn('restore')),
  // Before a run is ended, Hold looks where the data is.
  hold: (deployment) => [...kindStatements(deployment, ['promote'], toRead), ...publish(deployment)],
  notify: (deployment) => publish(deployment),
  evaluate: (deployment) => kindStatements(deployment, phases, toRead),
  trigger: (deployment) => [startRuns(deployment)],
  'take-over': (deployment) => [startRuns(deployment)],
  // Metrics have no ARNs: the namespace is the bound.
  probe: () => [
    allow(['cloudwatch:PutMetricData'], anyResource, { StringEquals: { 'cloudwatch:namespace': metricNamespace } }),
  ],
};

const undoable = phases.filter((phase) => phase !== 'promote');

const withoutTable: readonly string[] = ['trigger', 'probe'];

/** Called by an event or a schedule, so that nobody hears a failure. */
export const isAsynchronous = (name: string): boolean => name === 'trigger' || isScheduled(name);

const useTable = (deployment: Deployment): Statement =>
  allow(
    ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    [tableArn(deployment, regionOf(deployment))],
  );

const startRuns = (deployment: Deployment): Statement =>
  allow(
    ['states:StartExecution'],
    [...deployment.machines.keys()].map((name) => machineArn(deployment, name)),
  );

/** The topics of both places: a run that takes over may run in the Region that it leaves. */
function publish(deployment: Deployment): readonly Statement[] {
  const topics = deployment.plan.notifications.flatMap((notification) => places.map((place) => notification[place]));
  return topics.length === 0 ? [] : [allow(['sns:Publish'], topics), ...useKey(deployment)];
}

/** The log group is made by the stack; its streams have names that nobody knows before. */
const writeLog = (deployment: Deployment, name: string): Statement =>
  allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [sub(arn('logs', regionOf(deployment), `log-group:/aws/lambda/${namesOf(deployment).function(name)}:*`))],
  );

export const tableArn = (deployment: Pick<Deployment, 'plan' | 'stage'>, region: string): unknown =>
  sub(arn('dynamodb', region, `table/${namesOf(deployment).table}`));

/** Composed: the machine needs the functions, so the functions cannot refer to the machine. */
export const machineArn = (deployment: Deployment, name: string, region = regionOf(deployment)): unknown =>
  sub(arn('states', region, `stateMachine:${namesOf(deployment).machine(name)}`));

type Wanted = (action: string, kind: AnyKind) => boolean;

export const toRead: Wanted = (action) => isReading(action);

/** What a kind allows in some steps only, no other step gets. */
const allowedIn =
  (step: string): Wanted =>
  (action, { iamOnlyIn }) =>
    iamOnlyIn?.[action]?.some((one) => one === step) ?? true;

/**
 * What the kinds of the plan need in these phases, whichever way a run goes: for each set of resources and each condition
 * one statement with all its actions.
 */
export function kindStatements(
  { kinds, plan }: Deployment,
  some: readonly Phase[],
  wanted: Wanted = () => true,
): readonly Statement[] {
  const byAction = new Map<string, { readonly arns: Set<string>; readonly condition: Statement['Condition'] }>();
  for (const leg of some.flatMap((phase) => legsOf(plan, phase))) {
    for (const { kind: id, spec } of plan.resources) {
      const kind = kinds.get(id);
      if (kind === undefined || !phasesOf(kind, spec).includes(leg.phase)) continue;
      for (const [action, arns] of Object.entries(kind.arns(spec, leg)).filter(([one]) => wanted(one, kind))) {
        const before = byAction.get(action)?.arns ?? [];
        byAction.set(action, { arns: new Set([...before, ...arns]), condition: kind.iamConditions?.[action] });
      }
    }
  }
  const sets = Map.groupBy([...byAction], ([, { arns, condition }]) => JSON.stringify([[...arns].sort(), condition]));
  return [...sets.values()].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    const [, { arns, condition }] = first;
    return [allow(entries.map(([action]) => action).sort(), [...arns].sort().map(sub), condition)];
  });
}

function legsOf({ regions }: Plan, phase: Phase): readonly Leg[] {
  const primary = { place: 'primary', region: regions.primary } as const;
  const recovery = { place: 'recovery', region: regions.recovery } as const;
  return [
    { phase, from: primary, to: recovery },
    { phase, from: recovery, to: primary },
  ];
}
