import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { ApiCall } from '../cloud/history.ts';
import type { World } from '../cloud/world.ts';

const mappings: Readonly<Record<Place, string>> = {
  primary: '11111111-1111-4111-8111-111111111111',
  recovery: '22222222-2222-4222-8222-222222222222',
};
const rule = 'orders-events';
const schedule = 'orders-nightly';
const role = 'scheduler-calls-orders';

const inBoth = <T>(source: T) => ({ primary: source, recovery: source });

/** One event source of each sort, as resources of a plan. */
export const consumers = [
  {
    id: 'orders-queue',
    kind: 'event-source',
    primary: { mapping: mappings.primary },
    recovery: { mapping: mappings.recovery },
  },
  { id: 'orders-events', kind: 'event-source', ...inBoth({ rule }) },
  { id: 'orders-nightly', kind: 'event-source', ...inBoth({ schedule, role }) },
] as const;

/** An event source that was switched, by whomever; or how it was in the beginning. */
export interface Switched {
  readonly at: Instant;
  readonly resource: string;
  readonly region: string;
  readonly isOn: boolean;
}

interface Stage {
  readonly world: World;
  readonly plan: Plan;
}

const hasConsumers = ({ resources }: Plan): boolean => resources.some(({ kind }) => kind === 'event-source');

/** As their owner has built them: on in the primary Region, off in the other. */
export function seedConsumers({ plan, world }: Stage): void {
  if (!hasConsumers(plan)) return;
  for (const place of places) {
    const region = plan.regions[place];
    const enabled = place === 'primary';
    const State = enabled ? 'ENABLED' : 'DISABLED';
    world.eventSourceMappings(region).seedMapping({ uuid: mappings[place], functionName: 'orders', enabled });
    const EventPattern = JSON.stringify({ source: ['shop.orders'] });
    world.eventBridge(region).operations.PutRule({ Name: rule, EventPattern, State });
    world.schedules(region).seedSchedule({
      Name: schedule,
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State,
      Target: {
        Arn: `arn:aws:sqs:${region}:${world.host.account}:orders`,
        RoleArn: `arn:aws:iam::${world.host.account}:role/${role}`,
      },
    });
  }
}

/** More often than any of them is switched on and off again. */
const lookEveryMs = 5_000;

/** What the event sources of both Regions really are, as it changes; a lost Region hands out nothing, and is as it was when it is back. */
export function watchConsumers({ plan, world }: Stage): readonly Switched[] {
  const seen: Switched[] = [];
  if (!hasConsumers(plan)) return seen;
  const { clock, stopping } = world.host;
  const look = (place: Place): void => {
    const region = plan.regions[place];
    for (const { id: resource } of consumers) {
      const isOn = isSwitchedOn[resource](world, region, place);
      const before = seen.findLast((one) => one.region === region && one.resource === resource);
      if (before?.isOn !== isOn) seen.push({ at: clock.nowMs(), resource, region, isOn });
    }
  };
  world.host.background(async () => {
    while (!stopping.aborted) {
      places.forEach(look);
      await clock.sleep(lookEveryMs, stopping);
    }
  });
  return seen;
}

type Look = (world: World, region: string, place: Place) => boolean;

const isSwitchedOn: Readonly<Record<(typeof consumers)[number]['id'], Look>> = {
  'orders-queue': (world, region, place) => world.eventSourceMappings(region).isPolling(mappings[place]),
  'orders-events': (world, region) => world.eventBridge(region).isEnabled(rule),
  'orders-nightly': (world, region) =>
    world.schedules(region).operations.GetSchedule({ Name: schedule }).State !== 'DISABLED',
};

/** What a call switches on or off; undefined when it is about no event source. */
export function switchedBy({
  command,
  input,
}: Pick<ApiCall, 'command' | 'input'>): Pick<Switched, 'resource' | 'isOn'> | undefined {
  const { Enabled, State } = input as { readonly Enabled?: boolean; readonly State?: string };
  if (command === 'UpdateEventSourceMapping') return { resource: 'orders-queue', isOn: Enabled === true };
  if (command === 'EnableRule' || command === 'DisableRule')
    return { resource: 'orders-events', isOn: command === 'EnableRule' };
  return command === 'UpdateSchedule' ? { resource: 'orders-nightly', isOn: State !== 'DISABLED' } : undefined;
}
