import { createHash } from 'node:crypto';
import {
  GetRoutingControlStateCommand,
  Route53RecoveryClusterClient,
  UpdateRoutingControlStatesCommand,
} from '@aws-sdk/client-route53-recovery-cluster';
import { converted, effectOfRefused } from '../../aws/errors.ts';
import { askNameServers } from '../../aws/name-servers.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, isFailure, TransientError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import type { Target } from '../contract.ts';
import type { Action, ControlState, Facts } from './check.ts';
import type { Spec } from './spec.ts';

type Endpoint = Spec['endpoints'][number];

export async function observe(spec: Spec, { run }: Target, outside: Outside): Promise<Facts> {
  const { markName, nameServers, records } = spec;
  const arns = spec.controls.flatMap(({ primary, recovery }) => [primary, recovery]);
  const [states, servers] = await Promise.all([
    atSomeEndpoint(spec, run, (endpoint) =>
      Promise.all(arns.map(async (arn) => ({ arn, state: await stateOf(arn, endpoint, outside) }))),
    ),
    askNameServers({ servers: nameServers, markName, records }, outside),
  ]);
  return { states, conflicts: conflictsOf(run, outside), servers };
}

/** Sets states rather than toggling them, so it is safe to repeat, at another endpoint, too. */
export async function act({ entries, type }: Action, spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const override = spec.overrideSafetyRules;
  const command = new UpdateRoutingControlStatesCommand({
    UpdateRoutingControlStateEntries: entries.map(({ arn, state }) => ({
      RoutingControlArn: arn,
      RoutingControlState: state,
    })),
    ...(override.length === 0 ? {} : { SafetyRulesToOverride: override }),
  });
  try {
    await atSomeEndpoint(spec, run, (endpoint) =>
      converted(`updating routing controls at ${endpoint.url}`, () => clientAt(endpoint, outside).send(command)),
    );
    conflicts.get(outside)?.delete(run.id);
  } catch (error) {
    throw type === 'switch' && isFailure(error) && hasCode(error, 'ConflictException')
      ? noted(error, run, outside)
      : error;
  }
}

const clientAt = ({ region, url }: Endpoint, outside: Outside): Route53RecoveryClusterClient =>
  outside.client(Route53RecoveryClusterClient, region, url);

async function stateOf(arn: string, endpoint: Endpoint, outside: Outside): Promise<ControlState> {
  const command = new GetRoutingControlStateCommand({ RoutingControlArn: arn });
  try {
    const { RoutingControlState } = await converted(`reading ${arn} at ${endpoint.url}`, () =>
      clientAt(endpoint, outside).send(command),
    );
    return RoutingControlState === 'On' ? 'On' : 'Off';
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) return 'absent';
    throw error;
  }
}

/**
 * Any endpoint will do, and some are down for maintenance at any time: one after the other until one answers.
 * @throws the failure of the last one, or whatever no other endpoint would answer differently
 */
async function atSomeEndpoint<T>(spec: Spec, run: Run, ask: (endpoint: Endpoint) => Promise<T>): Promise<T> {
  let last: unknown;
  for (const endpoint of orderOf(spec.endpoints, run)) {
    try {
      return await ask(endpoint);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      last = error;
    }
  }
  throw last;
}

/**
 * In random order, which is drawn from the name of the run: no endpoint is everybody's first, and a history can be
 * replayed. An endpoint in the Region being left comes last: it is the one that may be dead.
 */
export function orderOf(endpoints: readonly Endpoint[], { from, id }: Pick<Run, 'from' | 'id'>): readonly Endpoint[] {
  const ranked = endpoints.map((endpoint) => {
    const rank = createHash('sha256').update(`${id} ${endpoint.url}`).digest('hex');
    return { endpoint, rank: `${endpoint.region === from.region ? 'last' : 'any'} ${rank}` };
  });
  return ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ endpoint }) => endpoint);
}

/** The cluster's own words are the reason of the refusal, and only the answer to an update contains them. */
const conflicts = new WeakMap<Outside, Map<string, Facts['conflicts']>>();

const conflictsOf = ({ id }: Run, outside: Outside): Facts['conflicts'] =>
  conflicts.get(outside)?.get(id) ?? { count: 0, message: '' };

/** The next look decides: a conflict may pass, or be a safety rule. */
function noted(
  { cause, code, message }: { cause?: unknown; code: string; message: string },
  run: Run,
  outside: Outside,
) {
  const byRun = conflicts.get(outside) ?? new Map<string, Facts['conflicts']>();
  byRun.set(run.id, { count: conflictsOf(run, outside).count + 1, message });
  conflicts.set(outside, byRun);
  return new TransientError(message, { code, cause, effect: effectOfRefused(cause) });
}
