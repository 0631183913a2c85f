import type { Runtime } from '../../functions/_lambda.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { example } from '../contract/stacks.ts';

interface Line {
  readonly why: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A runtime from which nothing can be reached: whatever is touched but the clock, the plans and the log is noted. */
export function unreachable(plan: Plan = example) {
  const touched: string[] = [];
  const lines: Line[] = [];
  const untouchable = (name: string): never =>
    new Proxy({}, { get: (_, key) => touched.push(`${name}.${String(key)}`) }) as never;
  const runtime: Runtime = {
    region: 'eu-central-1',
    plans: new Map([[plan.application, plan]]),
    clock: { now: () => 1000, sleep: async () => undefined },
    log: (_level, why, fields = {}) => lines.push({ why, fields }),
    stateMachineArn: 'arn',
    outside: untouchable('outside'),
    coordination: untouchable('coordination'),
    dryRun: untouchable('dryRun'),
  };
  return { runtime, touched, lines };
}
