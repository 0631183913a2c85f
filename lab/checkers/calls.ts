import canonicalize from 'canonicalize';
import type { Evidence } from './evidence.ts';
import { type Finding, failed, passed } from './finding.ts';
import { judgeCall } from './path-rules.ts';

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

/** What a run does not wait for: signals and recording go on beside it. */
const besideTheRun = new Set(['', 'probe', 'evaluate', 'guard', 'take-over']);

/** Only what the run itself waits for counts: its steps and its trigger. */
export function independentOfTheLostRegion({ calls, lostAt, plan, runs }: Evidence): Finding {
  const run = runs.at(-1);
  if (run === undefined) return passed('no run was opened');
  const critical = calls.filter(({ at, caller }) => at >= lostAt && !besideTheRun.has(caller));
  const accepts: readonly string[] = plan.policy.acceptsControlPlane;
  const path = { from: run.from.region, to: run.to.region, accepts };
  const judged = critical.map((call) => ({ call, judgement: judgeCall(call, path) }));
  const forbidden = judged.filter(({ judgement }) => judgement.verdict === 'forbidden');
  if (forbidden.length > 0) {
    const listed = forbidden.map(
      ({ call: { command, endpointRegion, service } }) => `${service} ${command} in ${endpointRegion}`,
    );
    return failed([...new Set(listed)].join('; '));
  }
  const excepted = judged.filter(({ judgement }) => judgement.verdict === 'excepted').length;
  const accepted = accepts.join(', ') || 'no control plane';
  return passed(`${critical.length} calls, ${excepted} of them by an exception; the plan accepts ${accepted}`);
}
