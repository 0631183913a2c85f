import { anyResource, arn } from '../shared/domain/arn.ts';
import { metricNamespace } from '../shared/domain/metric.ts';
import { type Phase, phases } from '../shared/domain/phase.ts';
import { type Place, places } from '../shared/domain/run.ts';
import type { Leg } from '../shared/kinds/contract.ts';
import { allow, att, type Statement, sub } from './cloudformation.ts';
import { type Deployment, holdsData, legTo, namesOf, regionOf } from './deployment.ts';
import { useKey } from './keys.ts';
import { isScheduled } from './schedules.ts';

/** AWS names actions that change nothing with these words. */
export const isReading = (action: string): boolean => /:(Describe|Get|List|Query)/.test(action);

/** What each function may do: the table, the kinds of its phase, and what its own line says. */
export function statementsOf(deployment: Deployment, name: string): readonly Statement[] {
  const phase = phases.find((one) => one === name);
  const own = phase === undefined ? [] : kindStatements(deployment, legs(deployment, [phase]));
  return [
    ...(withoutTable.includes(name) ? [] : [useTable(deployment)]),
    ...own,
    ...(besides[name]?.(deployment) ?? []),
    ...(isAsynchronous(name) ? [allow(['sqs:SendMessage'], [att('DeadLetters', 'Arn')])] : []),
    writeLog(deployment, name),
  ];
}

/** What a function may do besides using the table and the kinds of its phase. A step that needs no more has no line. */
const besides: Readonly<Record<string, (deployment: Deployment) => readonly Statement[]>> = {
  detect: () => [allow(['cloudwatch:DescribeAlarms'], anyResource)],
  survey: (deployment) => kindStatements(deployment, legs(deployment, phases), isReading),
  // Promotion cannot be undone, so Restore has no part in it.
  restore: (deployment) =>
    kindStatements(
      deployment,
      legs(
        deployment,
        phases.filter((phase) => phase !== 'promote'),
      ),
    ),
  // Whichever Region is in charge, both are looked at.
  evaluate: (deployment) => kindStatements(deployment, bothWays(deployment), isReading),
  notify: (deployment) => publish(deployment),
  trigger: (deployment) => [allow(['states:StartExecution'], [machineArn(deployment, 'failover')])],
  // Metrics have no ARNs: the namespace is the bound.
  probe: () => [
    allow(['cloudwatch:PutMetricData'], anyResource, { StringEquals: { 'cloudwatch:namespace': metricNamespace } }),
  ],
};

const withoutTable: readonly string[] = ['trigger', 'probe'];

/** Called by an event or a schedule, so that nobody hears a failure. */
export const isAsynchronous = (name: string): boolean => name === 'trigger' || isScheduled(name);

const useTable = (deployment: Deployment): Statement =>
  allow(
    ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    [tableArn(deployment, regionOf(deployment))],
  );

/** The topic of this place in each of the plan's notifications. */
function publish(deployment: Deployment): readonly Statement[] {
  const { plan, site } = deployment;
  const topics = holdsData(site) ? plan.notifications.map((notification) => notification[site]) : [];
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

const legs = (deployment: Deployment, some: readonly Phase[]): readonly Leg[] =>
  holdsData(deployment.site) ? legsTo(deployment, deployment.site, some) : [];

export const bothWays = (deployment: Deployment): readonly Leg[] =>
  places.flatMap((place) => legsTo(deployment, place, phases));

const legsTo = (deployment: Deployment, to: Place, some: readonly Phase[]): readonly Leg[] =>
  some.map((phase) => legTo(deployment, to, phase));

/** What the kinds of the plan need on these legs: for each set of resources one statement with all its actions. */
export function kindStatements(
  { kinds, plan }: Deployment,
  some: readonly Leg[],
  wanted: (action: string) => boolean = () => true,
): readonly Statement[] {
  const byAction = new Map<string, Set<string>>();
  for (const leg of some) {
    for (const { kind: id, spec } of plan.resources) {
      const kind = kinds.get(id);
      if (kind?.phases.includes(leg.phase) !== true) continue;
      for (const [action, arns] of Object.entries(kind.arns(spec, leg)).filter(([one]) => wanted(one))) {
        byAction.set(action, new Set([...(byAction.get(action) ?? []), ...arns]));
      }
    }
  }
  const sets = Map.groupBy([...byAction].sort(), ([, arns]) => [...arns].sort().join('\n'));
  return [...sets].map(([arns, actions]) =>
    allow(
      actions.map(([action]) => action),
      arns.split('\n').map(sub),
    ),
  );
}
