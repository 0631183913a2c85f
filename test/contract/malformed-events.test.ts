import { describe, expect, it } from 'vitest';
import { handlers } from '../../lab/functions.ts';
import { TerminalError } from '../../shared/domain/errors.ts';
import { unreachable } from '../support/unreachable.ts';

const wellFormed = { runId: 'r', startedAt: '2026-01-01T00:00:00Z', request: { application: 'shop' } };

const events: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['text', 'failover'],
  ['an empty object', {}],
  ['a list', [1, 2]],
  ['a run without a request', { runId: 'r', startedAt: '2026-01-01T00:00:00Z' }],
  ['a wake-up that may be none', { ...wellFormed, warm: false }],
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
