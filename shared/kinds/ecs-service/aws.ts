import {
  DescribeServicesCommand,
  ECSClient,
  type ServiceEvent,
  type Service as ServiceShape,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { converted } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Target } from '../contract.ts';
import type { Action, Facts, Service } from './check.ts';
import type { Spec } from './spec.ts';

/** A Region being left may be dead, so its silence is a fact. The one being activated must answer. */
export async function observe(spec: Spec, { phase, run }: Target, outside: Outside): Promise<Facts> {
  const side = phase === 'isolate' ? run.from : run.to;
  try {
    return { service: await describe(spec[side.place], side.region, outside) };
  } catch (error) {
    if (hasCode(error, 'ServiceNotFoundException', 'ClusterNotFoundException')) return { service: 'absent' };
    // Silence, throttling or 5xx: in a Region that fails, each means that the fence is not confirmed.
    if (phase === 'isolate' && error instanceof TransientError) return { service: 'unanswered' };
    throw error;
  }
}

/** Sets a count rather than changing it by some, so it is safe to repeat. */
export async function act(action: Action, _spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const { at, cluster, count, service } = action;
  const { region } = run[at];
  const client = outside.client(ECSClient, region);
  const command = new UpdateServiceCommand({ cluster, service, desiredCount: count });
  await converted(`setting ${service} in ${region} to ${count} tasks`, () => client.send(command));
}

async function describe(
  { cluster, service }: Spec['primary'],
  region: string,
  outside: Outside,
): Promise<Facts['service']> {
  const client = outside.client(ECSClient, region);
  const command = new DescribeServicesCommand({ cluster, services: [service] });
  const doing = `describing ${service} in ${region}`;
  const { failures = [], services = [] } = await converted(doing, () => client.send(command));
  const [found] = services;
  if (found !== undefined) return toService(found);
  const reason = failures[0]?.reason ?? 'MISSING';
  if (reason === 'MISSING') return 'absent';
  throw new TerminalError(`${reason} while ${doing}`, { code: reason });
}

const toService = (found: ServiceShape): Service => ({
  status: found.status ?? 'unknown',
  desired: found.desiredCount ?? 0,
  running: found.runningCount ?? 0,
  pending: found.pendingCount ?? 0,
  events: lastPlacementFailure(found.events ?? []),
});

const steady = /has reached a steady state/;
const placementFailure = /unable to place a task|failed to launch a task|unable to consistently start tasks/;

/** ECS tells why a task found no place only in sentences. Nothing is decided by them: they are quoted. */
function lastPlacementFailure(events: readonly ServiceEvent[]): readonly string[] {
  const newestFirst = [...events].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  const messages = newestFirst.map(({ message }) => message ?? '');
  const last = messages.find((message) => steady.test(message) || placementFailure.test(message));
  return last === undefined || steady.test(last) ? [] : [last];
}
