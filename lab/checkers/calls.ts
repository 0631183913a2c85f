import canonicalize from 'canonicalize';
import { isPlanned } from '../../shared/domain/run.ts';
import { closedAt, type Evidence, type RunSeen, runsSeen } from './evidence.ts';
import { type Finding, failed, passed } from './finding.ts';
import { judgeCall } from './path-rules.ts';

/** Bookkeeping and signals are not effects on the application. */
export const bookkeeping: ReadonlySet<string> = new Set(['DynamoDB', 'CloudWatch', 'SNS', 'SFN', 'EventBridge']);

/** In each run: there and back, the same task counts and promotions come again; so they do when a run takes back what it did. */
export function eachEffectOnce({ calls, lostAt, runs }: Evidence): Finding {
  const effects = calls.filter(
    (call) => call.at >= lostAt && call.mutating && call.applied && !bookkeeping.has(call.service),
  );
  const seen = new Map<string, number>();
  for (const call of effects) {
    const epoch = runs.findLast(({ openedAt }) => openedAt <= call.at)?.epoch ?? 0;
    const key = `${epoch} ${call.caller === 'restore'}|${call.service} ${call.command} ${call.endpointRegion} ${canonicalize(call.input) ?? ''}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const repeated = [...seen]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => `${count} × ${key.slice(key.indexOf('|') + 1)}`);
  if (repeated.length > 0) return failed(repeated.join('; '));
  return passed(`${effects.length} effects, none twice: ${effects.map(({ command }) => command).join(', ')}`);
}

/** What a run does not wait for: signals and recording go on beside it. */
const besideTheRun = new Set(['', 'probe', 'evaluate', 'guard', 'take-over']);

type Called = Pick<Evidence, 'calls' | 'earlier' | 'entries' | 'lostAt' | 'plan' | 'runs'>;

/**
 * Only what a failover itself waits for counts: its trigger and its steps, from the fault until it is closed. A planned run
 * calls the Region that it leaves, which is well.
 */
export function independentOfTheLostRegion(evidence: Called): Finding {
  const failovers = runsSeen(evidence).filter(({ run }) => !isPlanned(run));
  if (failovers.length === 0) return passed('no run was opened');
  const accepts: readonly string[] = evidence.plan.policy.acceptsControlPlane;
  const judged = failovers.flatMap((failover) => judgedCalls(failover, evidence, accepts));
  const forbidden = judged.filter(({ judgement }) => judgement.verdict === 'forbidden');
  if (forbidden.length > 0) {
    const listed = forbidden.map(
      ({ call: { command, endpointRegion, service } }) => `${service} ${command} in ${endpointRegion}`,
    );
    return failed([...new Set(listed)].join('; '));
  }
  const excepted = judged.filter(({ judgement }) => judgement.verdict === 'excepted').length;
  const accepted = accepts.join(', ') || 'no control plane';
  return passed(`${judged.length} calls, ${excepted} of them by an exception; the plan accepts ${accepted}`);
}

function judgedCalls(seen: RunSeen, { calls, lostAt, runs }: Called, accepts: readonly string[]) {
  const { run } = seen;
  const next = runs.find(({ epoch }) => epoch > run.epoch);
  // The first one counts from the fault: also what its trigger did.
  const since = run.epoch === runs[0]?.epoch ? lostAt : run.openedAt;
  const until = next === undefined ? Number.POSITIVE_INFINITY : (closedAt(seen) ?? next.openedAt);
  const path = { from: run.from.region, to: run.to.region, accepts };
  return (
    calls
      // What the Region being left does by itself, nobody waits for.
      .filter(({ callerRegion }) => callerRegion !== run.from.region)
      .filter(({ at, caller }) => at >= since && at <= until && !besideTheRun.has(caller))
      .map((call) => ({ call, judgement: judgeCall(call, path) }))
  );
}
