import { describe, expect, it } from 'vitest';
import { type StepId, stepIds } from '../../shared/domain/phase.ts';
import type { AnyKind } from '../../shared/kinds/contract.ts';
import { kindOf, registry } from '../../shared/kinds/registry.ts';
import { actionsIn, isReading } from './commands.ts';
import { filesOf } from './files.ts';
import { logicalIdOf, type Statement, template } from './template.ts';

const kinds = await Promise.all(Object.keys(registry).map(kindOf));
const inPhase = (step: string): readonly AnyKind[] => kinds.filter(({ phases }) => phases.some((one) => one === step));
const iamOf = (some: readonly AnyKind[]): readonly string[] => some.flatMap(({ iam }) => iam);
/** Without what only other steps may do. */
const iamIn = (step: StepId, some: readonly AnyKind[]): readonly string[] =>
  some.flatMap(({ iam, iamOnlyIn = {} }) => iam.filter((action) => iamOnlyIn[action]?.includes(step) ?? true));
const sorted = (actions: readonly string[]): readonly string[] => [...new Set(actions)].sort();

const coordination = actionsIn(...filesOf('shared/coordination/*.ts'));

/** What each step calls besides the kinds of its own phase. Survey only looks; Restore puts back, and looks. */
const besides: Readonly<Partial<Record<StepId, readonly string[]>>> = {
  detect: actionsIn('shared/signals/alarms.ts', 'shared/signals/views.ts'),
  survey: iamOf(kinds).filter(isReading),
  approve: [...iamOf(inPhase('promote')).filter(isReading), ...actionsIn(...filesOf('shared/channels/*.ts'))],
  hold: actionsIn(...filesOf('shared/channels/*.ts')),
  notify: actionsIn(...filesOf('shared/channels/*.ts')),
  // No undo ever calls what is irreversible, such as a promotion.
  restore: iamIn('restore', kinds),
};

const actionsOf = (name: string): readonly string[] =>
  sorted((template.functions[name]?.iamRoleStatements ?? []).flatMap(({ Action }) => Action));

describe('each function may do what its code does, and nothing else', () => {
  it.each(stepIds)('%s', (step) => {
    expect(actionsOf(step)).toEqual(sorted([...coordination, ...iamIn(step, inPhase(step)), ...(besides[step] ?? [])]));
  });

  it('trigger starts executions', () => {
    expect(actionsOf('trigger')).toEqual(actionsIn('shared/start/start-execution.ts'));
  });

  it('take-over reads the lock and starts executions', () => {
    expect(actionsOf('take-over')).toEqual(sorted([...coordination, ...actionsIn('shared/start/start-execution.ts')]));
  });

  it('probe publishes metrics', () => {
    expect(actionsOf('probe')).toEqual(actionsIn('shared/signals/outbox.ts'));
  });

  it('evaluate looks at every resource and writes its facts down', () => {
    expect(actionsOf('evaluate')).toEqual(sorted([...coordination, ...iamOf(kinds).filter(isReading)]));
  });

  it('coordination is what the steps need to read and write one table', () => {
    expect(coordination).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem']);
  });
});

describe('no permission is wider than its use', () => {
  const { MachineRole, SchedulerRole } = template.resources.Resources;
  const ofRole = ({ Properties }: typeof MachineRole): readonly Statement[] =>
    Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const statements = [
    ...Object.entries(template.functions).map(([name, { iamRoleStatements }]) => ({ name, list: iamRoleStatements })),
    { name: 'the state machine', list: ofRole(MachineRole) },
    { name: 'the scheduler', list: ofRole(SchedulerRole) },
  ];

  it.each(statements)('$name has no wildcard in an action', ({ list }) => {
    expect(list.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  it.each(statements)('$name changes only resources that are named, or bound by a condition', ({ list }) => {
    const changing = list.filter(({ Action, Condition }) => Condition === undefined && !Action.every(isReading));
    const open = changing.filter(({ Resource }) => Resource.some((one) => one === '*' || /[:/]\*$/.test(one)));
    expect(open).toEqual([]);
  });

  it('the state machine may invoke exactly the functions of its steps, and publish', () => {
    const [invoke, publish, ...others] = ofRole(MachineRole);
    expect(invoke?.Action).toEqual(['lambda:InvokeFunction']);
    expect([...(invoke?.Resource ?? [])].sort()).toEqual(stepIds.map((id) => `${logicalIdOf(id)}.Arn`).sort());
    expect(publish).toEqual({ Effect: 'Allow', Action: ['sns:Publish'], Resource: ['Topic'] });
    expect(others).toEqual([]);
  });
});
