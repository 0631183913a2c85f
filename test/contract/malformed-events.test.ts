import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../functions/_lambda.ts';
import { handlers } from '../../lab/functions.ts';
import { TerminalError } from '../../shared/domain/errors.ts';
import { example } from './stacks.ts';

interface Line {
  readonly why: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A runtime from which nothing can be reached: whatever is touched but the clock, the plans and the log is noted. */
function unreachable() {
  const touched: string[] = [];
  const lines: Line[] = [];
  const untouchable = (name: string): never =>
    new Proxy({}, { get: (_, key) => touched.push(`${name}.${String(key)}`) }) as never;
  const runtime: Runtime = {
    region: 'eu-central-1',
    plans: new Map([[example.application, example]]),
    clock: { now: () => 1000, sleep: async () => undefined },
    log: (_level, why, fields = {}) => lines.push({ why, fields }),
    stateMachineArn: 'arn',
    outside: untouchable('outside'),
    coordination: untouchable('coordination'),
    dryRun: untouchable('dryRun'),
  };
  return { runtime, touched, lines };
}

const events: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['text', 'failover'],
  ['an empty object', {}],
  ['a list', [1, 2]],
  ['a run without a request', { runId: 'r', startedAt: '2026-01-01T00:00:00Z' }],
  ['an application that is no text', { application: 7, durationSeconds: 60 }],
  ['a duration that is none', { application: 7, durationSeconds: -1 }],
];
const functions = Object.entries(handlers).flatMap(([name, deployable]) =>
  events.map(([what, event]) => ({ name, what, event, deployable })),
);

describe('a malformed event', () => {
  it.each(functions)(
    '$name: $what is a typed error, a metric, and nothing done',
    async ({ deployable, event, name }) => {
      const { lines, runtime, touched } = unreachable();
      const handler = deployable.with(async () => runtime);
      const error = await handler(event, { functionName: name }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TerminalError);
      expect(error).toMatchObject({ code: 'MalformedEvent' });
      expect(touched).toEqual([]);
      expect(lines).toHaveLength(1);
      expect(lines[0]?.fields).toMatchObject({
        Function: name,
        Error: 'MalformedEvent',
        Trouble: 1,
        _aws: { CloudWatchMetrics: [{ Namespace: 'Understudy', Metrics: [{ Name: 'Trouble' }] }] },
      });
    },
  );
});

it('an event for an application that is not deployed is an error, too', async () => {
  const { runtime } = unreachable();
  const probe = handlers['probe']?.with(async () => runtime);
  await expect(probe?.({ application: 'bank', durationSeconds: 60 }, {})).rejects.toMatchObject({
    code: 'UnknownApplication',
  });
});
