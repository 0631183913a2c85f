import { describe, expect, it } from 'vitest';
import { functionId, pascal } from '../../deploy/cloudformation.ts';
import { isReading } from '../../deploy/permissions.ts';
import { type Phase, phases, type StepId, stepIds } from '../../shared/domain/phase.ts';
import { places } from '../../shared/domain/run.ts';
import type { AnyKind } from '../../shared/kinds/contract.ts';
import { phasesOf } from '../../shared/kinds/phases-of.ts';
import { kindOf, registry } from '../../shared/kinds/registry.ts';
import { machineIds } from '../../shared/steps/contract.ts';
import { actionsIn, isOpen } from './commands.ts';
import { filesOf } from './files.ts';
import { example, idsOfType, type Statement, stacks, statementsIn } from './stacks.ts';

const kinds = await Promise.all(Object.keys(registry).map(kindOf));
/** The kinds that the plan names: no other permission has a reason to be there. */
const planned = kinds.filter(({ id }) => example.resources.some(({ kind }) => kind === id));
/** The kinds that have a resource in the plan which takes part in the phase of that name. */
const inPhase = (step: string): readonly AnyKind[] =>
  kinds.filter((kind) =>
    example.resources.some(({ kind: id, spec }) => id === kind.id && phasesOf(kind, spec).some((one) => one === step)),
  );
const undoable = phases.filter((phase) => phase !== 'promote');
const iamOf = (some: readonly AnyKind[]): readonly string[] => some.flatMap(({ iam }) => iam);
/** Without what only other steps may do. */
const iamIn = (step: StepId, some: readonly AnyKind[]): readonly string[] =>
  some.flatMap(({ iam, iamOnlyIn = {} }) => iam.filter((action) => iamOnlyIn[action]?.includes(step) ?? true));
const sorted = (actions: readonly string[]): readonly string[] => [...new Set(actions)].sort();

const [from, to] = places.map((place) => ({ place, region: example.regions[place] }));
/** Whether a resource of the plan needs the action in this phase: one and the same kind may take part in several. */
const isNamedIn = (phase: Phase, action: string): boolean =>
  example.resources.some(({ kind: id, spec }) => {
    const kind = inPhase(phase).find((one) => one.id === id);
    return from !== undefined && to !== undefined && action in (kind?.arns(spec, { phase, from, to }) ?? {});
  });

const coordination = actionsIn(...filesOf('shared/coordination/*.ts'));
const channels = actionsIn(...filesOf('shared/channels/*.ts'));
const starting = actionsIn('shared/start/start-execution.ts');

/** What each step calls besides the kinds of its own phase. Survey only looks; Restore puts back, and looks. */
const besides: Readonly<Partial<Record<StepId, readonly string[]>>> = {
  detect: actionsIn('shared/signals/alarms.ts', 'shared/signals/views.ts', 'shared/signals/pulse.ts'),
  survey: iamOf(planned).filter(isReading),
  approve: [...iamIn('promote', inPhase('promote')).filter(isReading), ...channels],
  reconcile: iamIn('reconcile', inPhase('compare')),
  freeze: channels,
  protect: starting,
  // It looks where the data is before it ends a run.
  hold: [...iamIn('promote', inPhase('promote')).filter(isReading), ...channels],
  notify: channels,
  // No undo ever calls what is irreversible, such as a promotion.
  restore: undoable.flatMap((phase) => iamIn('restore', inPhase(phase)).filter((action) => isNamedIn(phase, action))),
};

/** What every function does by being one: it writes its log; and where nobody hears it fail, a dead letter. */
const ofEveryFunction = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];

describe.each(places)('in the %s Region each function may do what its code does, and nothing else', (place) => {
  const actionsOf = (name: string): readonly string[] =>
    sorted(statementsIn(stacks[place], `${pascal(name)}Role`).flatMap(({ Action }) => Action)).filter(
      (action) => !ofEveryFunction.includes(action),
    );

  it.each(stepIds)('%s', (step) => {
    expect(actionsOf(step)).toEqual(sorted([...coordination, ...iamIn(step, inPhase(step)), ...(besides[step] ?? [])]));
  });

  it.each([
    ['trigger', starting],
    ['take-over', [...coordination, ...starting]],
    ['guard', coordination],
    ['probe', actionsIn('shared/signals/outbox.ts')],
    ['evaluate', [...coordination, ...iamOf(planned).filter(isReading)]],
  ])('%s', (name, actions) => {
    expect(actionsOf(name)).toEqual(sorted(actions));
  });
});

it('coordination is what the steps need to read and write one table', () => {
  expect(coordination).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem']);
});

/** Wildcards that cannot be avoided, each with the reason. They stand here so that there are no others. */
const explained: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'in the function’s own log group; nobody knows the names of streams before',
  'logs:PutLogEvents': 'in the function’s own log group; nobody knows the names of streams before',
  'lambda:InvokeFunction': 'every version of exactly one function: a run goes on with the one that it began with',
  'logs:CreateLogDelivery': 'log delivery knows no resources; only the state machine has it',
  'logs:UpdateLogDelivery': 'log delivery knows no resources; only the state machine has it',
  'logs:DeleteLogDelivery': 'log delivery knows no resources; only the state machine has it',
  'logs:PutResourcePolicy': 'log delivery knows no resources; only the state machine has it',
  'xray:PutTraceSegments': 'traces know no resources',
  'xray:PutTelemetryRecords': 'traces know no resources',
  'states:StopExecution': 'any execution of this machine; nobody knows their names before',
};

describe.each(Object.entries(stacks))('no permission of the %s stack is wider than its use', (_site, stack) => {
  const ids = [...idsOfType(stack, 'AWS::IAM::Role'), ...idsOfType(stack, 'AWS::IAM::ManagedPolicy')];
  const changing = ({ Action }: Statement): readonly string[] => Action.filter((action) => !isReading(action));

  it.each(ids)('%s has no wildcard in an action', (id) => {
    expect(
      statementsIn(stack, id)
        .flatMap(({ Action }) => Action)
        .filter((action) => action.includes('*')),
    ).toEqual([]);
  });

  it.each(ids)('%s changes only what is named, bound by a condition, or explained', (id) => {
    const open = statementsIn(stack, id).filter(
      ({ Condition, Resource }) => Condition === undefined && Resource.some(isOpen),
    );
    expect(open.flatMap(changing).filter((action) => !(action in explained))).toEqual([]);
  });

  it('no two functions share a role', () => {
    const roles = Object.values(stack.functions).map(({ role }) => JSON.stringify(role));
    expect(new Set(roles).size).toBe(roles.length);
  });
});

describe('permissions of kinds are on the resources of the plan', () => {
  const inPlan = example.resources.map(({ spec }) => JSON.stringify(spec)).join('\n');
  const lastWord = (arn: string): string => (arn.split(/[:/]/).at(-1) ?? '').replace(/-understudy-e\*$/, '');
  const isNamed = (arn: string): boolean => lastWord(arn) === '*' || inPlan.includes(`"${lastWord(arn)}"`);

  it.each(places)('in %s every resource that a kind may change stands in the plan', (place) => {
    const changing = iamOf(kinds).filter((action) => !isReading(action));
    // The machine and the schedules invoke our own functions; only steps work on resources.
    const resources = stepIds.flatMap((step) =>
      statementsIn(stacks[place], `${pascal(step)}Role`)
        .filter(({ Action, Condition }) => Condition === undefined && Action.some((one) => changing.includes(one)))
        .flatMap(({ Resource }) => Resource),
    );
    expect(resources.length).toBeGreaterThan(0);
    expect(resources.filter((arn) => isOpen(arn) || !isNamed(arn))).toEqual([]);
  });
});

describe('the state machine', () => {
  it.each(places)('in %s may invoke every version of exactly the functions of its steps', (place) => {
    const [invoke] = statementsIn(stacks[place], 'MachineRole');
    expect(invoke?.Action).toEqual(['lambda:InvokeFunction']);
    expect(invoke?.Resource).toEqual(stepIds.map((id) => `\${${functionId(id)}.Arn}:*`));
  });
});

describe('people', () => {
  const statements = (policy: string) => statementsIn(stacks.primary, policy);

  it('who may only read changes nothing', () => {
    expect(
      statements('ReadPolicy')
        .flatMap(({ Action }) => Action)
        .filter((action) => !isReading(action)),
    ).toEqual([]);
  });

  it('who may decide writes decisions, and nothing else in the table', () => {
    const [write, ...others] = statements('ApprovePolicy');
    expect(others).toEqual([]);
    expect(write?.Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['directives#*'] } });
  });

  it('their policies are made once, and name both Regions', () => {
    expect(idsOfType(stacks.recovery, 'AWS::IAM::ManagedPolicy')).toEqual([]);
    const start = statements('OperatePolicy').find(({ Action }) => Action.includes('states:StartExecution'));
    const both = ['eu-west-1', 'eu-central-1'];
    expect(start?.Resource.map((arn) => arn.split(':')[5])).toEqual(machineIds.flatMap(() => both));
  });
});
