import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { GetEventSourceMappingCommand, LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  SchedulerClient,
  UpdateScheduleCommand,
  type UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { converted, effectOfRefused } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, TerminalError, TransientError } from '../../domain/errors.ts';
import { isPlanned, type Side } from '../../domain/run.ts';
import type { Target } from '../contract.ts';
import type { Action, EventSource, Facts, Seen, State } from './check.ts';
import { type Source, type Spec, wordsOf } from './spec.ts';

/** The Region being left is asked only where it must be: it may be dead. Its silence is a fact. */
export async function observe(spec: Spec, { phase, run }: Target, outside: Outside): Promise<Facts> {
  const look = (side: Side): Promise<Seen> => seen(spec[side.place], side.region, outside);
  if (phase === 'isolate') return { from: await look(run.from) };
  if (phase === 'rest' || !isPlanned(run)) return { to: await look(run.to) };
  const [from, to] = await Promise.all([look(run.from), look(run.to)]);
  return { from, to };
}

/** Each call names the state that is wanted, so it is safe to repeat. */
export async function act(action: Action, spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const { place, region } = run[action.at];
  const source = spec[place];
  const isOn = action.type === 'switch-on';
  try {
    await converted(`switching ${isOn ? 'on' : 'off'} ${wordsOf(source)} in ${region}`, async () => {
      if ('mapping' in source) {
        const command = new UpdateEventSourceMappingCommand({ UUID: source.mapping, Enabled: isOn });
        return outside.client(LambdaClient, region).send(command);
      }
      if ('rule' in source) {
        const input = { Name: source.rule, EventBusName: source.bus };
        const client = outside.client(EventBridgeClient, region);
        return isOn ? client.send(new EnableRuleCommand(input)) : client.send(new DisableRuleCommand(input));
      }
      const input = withDates({ ...action.schedule, State: isOn ? 'ENABLED' : 'DISABLED' });
      return outside.client(SchedulerClient, region).send(new UpdateScheduleCommand(input));
    });
  } catch (error) {
    throw notNow(error);
  }
}

async function seen(source: Source, region: string, outside: Outside): Promise<Seen> {
  try {
    return await converted(`describing ${wordsOf(source)} in ${region}`, async () => {
      if ('mapping' in source) return mapping(source, outside.client(LambdaClient, region));
      if ('rule' in source) return rule(source, outside.client(EventBridgeClient, region));
      return schedule(source, outside.client(SchedulerClient, region));
    });
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) return 'absent';
    if (error instanceof TransientError) return 'unanswered';
    throw error;
  }
}

/** AWS Lambda API reference, GetEventSourceMapping: the states of a mapping. */
const mappingStates: Readonly<Record<string, State>> = {
  Enabled: 'on',
  Disabled: 'off',
  Enabling: 'turning-on',
  Disabling: 'turning-off',
  Deleting: 'being-deleted',
};

async function mapping(source: Extract<Source, { mapping: string }>, client: LambdaClient): Promise<EventSource> {
  const { State: word = 'of unknown state' } = await client.send(
    new GetEventSourceMappingCommand({ UUID: source.mapping }),
  );
  return { state: mappingStates[word] ?? 'changing', word };
}

/** A rule has no passing states: it may match for "a short period of time" after it was disabled (DisableRule). */
async function rule(
  { bus, rule: Name }: Extract<Source, { rule: string }>,
  client: EventBridgeClient,
): Promise<EventSource> {
  const { ManagedBy, State: word = 'ENABLED' } = await client.send(
    new DescribeRuleCommand({ Name, EventBusName: bus }),
  );
  const unusable =
    ManagedBy === undefined ? {} : { unusable: `is managed by ${ManagedBy}, so nobody else can switch it` };
  return { state: word === 'DISABLED' ? 'off' : 'on', word, ...unusable };
}

async function schedule(source: Extract<Source, { schedule: string }>, client: SchedulerClient): Promise<EventSource> {
  const command = new GetScheduleCommand({ Name: source.schedule, GroupName: source.group });
  const found = await client.send(command);
  const { State: word = 'ENABLED' } = found;
  const state = word === 'DISABLED' ? 'off' : 'on';
  const { RoleArn = 'no role' } = found.Target ?? {};
  const isPlannedRole = RoleArn.endsWith(`:role/${source.role}`);
  const unusable = isPlannedRole ? {} : { unusable: `calls its target with ${RoleArn}, the plan names ${source.role}` };
  return { state, word, schedule: wholeOf(found), ...unusable };
}

/** UpdateSchedule "overrides the existing schedule": what is not repeated would be lost. Only AWS sets what is left out. */
function wholeOf(found: GetScheduleCommandOutput): NonNullable<EventSource['schedule']> {
  const { $metadata, Arn, CreationDate, LastModificationDate, State, ...whole } = found;
  return JSON.parse(JSON.stringify(whole));
}

/** Facts are plain JSON, the client takes dates. */
function withDates(schedule: NonNullable<Action['schedule']>): UpdateScheduleCommandInput {
  const dated = ['StartDate', 'EndDate'].flatMap((name) => {
    const text = schedule[name];
    return typeof text === 'string' ? [[name, new Date(text)] as const] : [];
  });
  return { ...schedule, ...Object.fromEntries(dated) } as unknown as UpdateScheduleCommandInput;
}

/** Something else is changing it at this moment: the next look tells what has become of it. */
function notNow(error: unknown): unknown {
  const names = [
    'ResourceInUseException',
    'ResourceConflictException',
    'ConcurrentModificationException',
    'ConflictException',
  ];
  if (!hasCode(error, ...names) || !(error instanceof TerminalError)) return error;
  const { cause, code, message } = error;
  return new TransientError(message, { code, effect: effectOfRefused(cause), cause });
}
