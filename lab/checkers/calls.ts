import canonicalize from 'canonicalize';
import type { ApiCall } from '../cloud/history.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, failed, passed } from './finding.ts';

/** Bookkeeping and signals are not effects on the application. */
export const bookkeeping: ReadonlySet<string> = new Set(['DynamoDB', 'CloudWatch', 'SNS', 'SFN', 'EventBridge']);

export function eachEffectOnce({ calls, lostAt }: Evidence): Finding {
  const effects = calls.filter(
    (call) => call.at >= lostAt && call.mutating && call.applied && !bookkeeping.has(call.service),
  );
  const seen = new Map<string, number>();
  for (const call of effects) {
    const key = `${call.service} ${call.command} ${call.endpointRegion} ${canonicalize(call.input) ?? ''}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const repeated = [...seen].filter(([, count]) => count > 1).map(([key, count]) => `${count} × ${key}`);
  if (repeated.length > 0) return failed(repeated.join('; '));
  return passed(`${effects.length} effects, none twice: ${effects.map(({ command }) => command).join(', ')}`);
}

/** What the run may ask of the Region it leaves: to fence it, within bounds (Isolate). */
const fencing = new Set([
  'ECS DescribeServices',
  'ECS UpdateService',
  'EC2 DescribeSecurityGroups',
  'EC2 DescribeSecurityGroupRules',
  'EC2 RevokeSecurityGroupIngress',
]);

/** The source of a replica is looked at and stopped by Isolate; any other step that asked RDS there would depend on it. */
const fencingByIsolate = new Set(['RDS DescribeDBInstances', 'RDS StopDBInstance']);

/** What a run does not wait for: signals and recording go on beside it. */
const besideTheRun = new Set(['', 'probe', 'evaluate', 'guard', 'take-over']);

/** Only what the run itself waits for counts: its steps and its trigger. */
export function independentOfTheLostRegion({ calls, lostAt, plan, runs }: Evidence): Finding {
  const run = runs.at(-1);
  if (run === undefined) return passed('no run was opened');
  const critical = calls.filter(({ at, caller }) => at >= lostAt && !besideTheRun.has(caller));
  const forbidden = critical.filter((call) => isForbidden(call, run.from.region, plan.policy.acceptsControlPlane));
  if (forbidden.length > 0) {
    const listed = forbidden.map(
      ({ command, endpointRegion, service }) => `${service} ${command} in ${endpointRegion}`,
    );
    return failed([...new Set(listed)].join('; '));
  }
  const accepted = plan.policy.acceptsControlPlane.join(', ') || 'no control plane';
  return passed(`${critical.length} calls; only fences went to ${run.from.region}; the plan accepts ${accepted}`);
}

function isForbidden(call: ApiCall, lostRegion: string, accepted: readonly string[]): boolean {
  if (call.service === 'Route53') return !accepted.includes('route53');
  const command = `${call.service} ${call.command}`;
  const isFence = fencing.has(command) || (call.caller === 'isolate' && fencingByIsolate.has(command));
  return call.endpointRegion === lostRegion && !isFence;
}
