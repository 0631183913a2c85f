import {
  type GetScheduleCommandInput,
  type GetScheduleOutput,
  ResourceNotFoundException,
  type UpdateScheduleCommandInput,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { arn, type Host, type Service, timestamp } from './host.ts';

export type ScheduleSeed = Omit<UpdateScheduleCommandInput, 'ClientToken'>;

interface Schedule extends ScheduleSeed {
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** Schedules of Amazon EventBridge Scheduler in one Region, as records: none of them calls its target here (scheduler.ts does). */
export class Schedules implements Service {
  readonly operations = {
    GetSchedule: (input: GetScheduleCommandInput) => this.#describe(this.#find(input)),
    UpdateSchedule: (input: UpdateScheduleCommandInput) => this.#update(input),
  };
  readonly #host: Host;
  readonly #region: string;
  readonly #schedules = new Map<string, Schedule>();

  constructor(host: Host, region: string) {
    this.#host = host;
    this.#region = region;
  }

  seedSchedule(seed: ScheduleSeed): void {
    const now = timestamp(this.#host);
    this.#schedules.set(nameOf(seed), { ...structuredClone(seed), createdAt: now, changedAt: now });
  }

  /**
   * "Uses all values, including empty values, specified in the request and overrides the existing schedule": what is not
   * repeated is gone. – Amazon EventBridge Scheduler API reference, UpdateSchedule
   */
  #update({ ClientToken, ...whole }: UpdateScheduleCommandInput): { ScheduleArn: string } {
    const { createdAt } = this.#find(whole);
    const missing = (['ScheduleExpression', 'Target', 'FlexibleTimeWindow'] as const).filter((name) => !whole[name]);
    if (missing.length > 0)
      throw new ValidationException(said(`1 validation error detected: ${missing[0]} must not be null`, 400));
    this.#schedules.set(nameOf(whole), { ...whole, createdAt, changedAt: timestamp(this.#host) });
    return { ScheduleArn: this.#arn(whole) };
  }

  #describe({ changedAt, createdAt, ...whole }: Schedule): GetScheduleOutput {
    const { ActionAfterCompletion = 'NONE', GroupName = 'default', State = 'ENABLED' } = whole;
    const { ScheduleExpressionTimezone = 'UTC' } = whole;
    const defaults = { ActionAfterCompletion, GroupName, ScheduleExpressionTimezone, State };
    return { ...whole, ...defaults, Arn: this.#arn(whole), CreationDate: createdAt, LastModificationDate: changedAt };
  }

  #find(named: Pick<ScheduleSeed, 'Name' | 'GroupName'>): Schedule {
    const schedule = this.#schedules.get(nameOf(named));
    if (schedule !== undefined) return schedule;
    throw new ResourceNotFoundException(said(`Schedule ${named.Name} does not exist.`, 404));
  }

  #arn(named: Pick<ScheduleSeed, 'Name' | 'GroupName'>): string {
    return arn(this.#host, this.#region, ['scheduler', `schedule/${nameOf(named)}`]);
  }
}

const nameOf = ({ GroupName = 'default', Name = '' }: Pick<ScheduleSeed, 'Name' | 'GroupName'>): string =>
  `${GroupName}/${Name}`;

/** This service has its message a second time, as a member of its own. */
const said = (message: string, httpStatusCode: number) => ({
  message,
  Message: message,
  $metadata: { httpStatusCode },
});
