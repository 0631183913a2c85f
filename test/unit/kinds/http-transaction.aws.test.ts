import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../shared/aws/outside.ts';
import type { Phase } from '../../../shared/domain/phase.ts';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/http-transaction/aws.ts';
import { Spec } from '../../../shared/kinds/http-transaction/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const transactionId = '0f9e3c1a-0d4b-8c77-9a6e-5b1d2c3e4f50';
const spec = Spec.parse({
  primary: { url: 'https://orders-primary.example.com' },
  recovery: { url: 'https://orders-recovery.example.com/api/' },
  publicUrl: 'https://orders.example.com',
  write: { path: '/orders', body: '{"id":"{{id}}","again":"{{id}}"}' },
  read: { path: '/orders/{{id}}' },
  expectRegionField: 'region',
});

const target = (phase: Phase, id = 'run-1'): Target => ({
  phase,
  run: {
    id,
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: { place: 'primary', region: 'eu-west-1' },
    to: { place: 'recovery', region: 'eu-central-1' },
    epoch: 7,
    openedAt: 0,
    incidentAt: 0,
  },
});

/** Answers everything alike and keeps what was asked. */
function server(answer: HttpAnswer | ((request: HttpRequest) => HttpAnswer)) {
  const requests: HttpRequest[] = [];
  const http = async (request: HttpRequest): Promise<HttpAnswer> => {
    requests.push(request);
    return typeof answer === 'function' ? answer(request) : answer;
  };
  return { outside: outsideOf({ http }), requests };
}
const answers = (status: number, body = ''): HttpAnswer => ({ answered: true, status, body });

describe('observe', () => {
  it('reads from the Region being activated before the flip', async () => {
    const { outside, requests } = server(answers(404));
    const facts = await observe(spec, target('verify'), outside);
    expect(facts.transactionId).toMatch(UUID_V8);
    expect(facts.url).toBe('https://orders-recovery.example.com/api/');
    const url = `https://orders-recovery.example.com/api/orders/${facts.transactionId}`;
    expect(requests).toEqual([{ method: 'GET', url, timeoutMs: 2_000 }]);
  });

  it('reads from where users go after it', async () => {
    const { outside, requests } = server(answers(404));
    const { transactionId: id } = await observe(spec, target('confirm'), outside);
    expect(requests.map(({ url }) => url)).toEqual([`https://orders.example.com/orders/${id}`]);
  });

  it('asks for the same id at each look, and for another one in each phase and run', async () => {
    const { outside } = server(answers(404));
    const looks = [target('verify'), target('verify'), target('confirm'), target('verify', 'run-2')];
    const facts = await Promise.all(looks.map((look) => observe(spec, look, outside)));
    const [first, again, ...others] = facts.map((one) => one.transactionId);
    expect(again).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
  });

  it('takes the id, the Region and the beginning of the body from the answer', async () => {
    const { outside } = server(({ url }) =>
      answers(
        200,
        JSON.stringify({ region: 'eu-central-1', id: url.split('/').at(-1)?.toUpperCase(), x: 'x'.repeat(999) }),
      ),
    );
    const { read } = await observe(spec, target('verify'), outside);
    expect(read).toMatchObject({ answered: true, status: 200, echoesId: true, regionField: 'eu-central-1' });
    expect(read).toHaveProperty('excerpt.length', 200);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no object', 'null'],
    ['no such field', '{"zone":"eu-central-1"}'],
    ['no text in that field', '{"region":7}'],
    ['a field that is only inherited', '{"__proto__":{"region":"eu-central-1"}}'],
  ])('finds no Region and no id in a body that is %s', async (_title, body) => {
    const { outside } = server(answers(200, body));
    const { read } = await observe(spec, target('verify'), outside);
    expect(read).toEqual({ answered: true, status: 200, echoesId: false, excerpt: body });
  });

  it('hands on that nothing was answered', async () => {
    const { outside } = server({ answered: false, why: 'ECONNREFUSED' });
    expect((await observe(spec, target('verify'), outside)).read).toEqual({ answered: false, why: 'ECONNREFUSED' });
  });
});

describe('act', () => {
  const write = (answer: HttpAnswer, phase: Phase = 'verify') => {
    const { outside, requests } = server(answer);
    return { done: act({ type: 'write', transactionId }, spec, target(phase), outside), requests };
  };

  it('writes once, with the id in all its places', async () => {
    const { done, requests } = write(answers(201));
    await done;
    expect(requests).toEqual([
      {
        method: 'POST',
        url: 'https://orders-recovery.example.com/api/orders',
        body: `{"id":"${transactionId}","again":"${transactionId}"}`,
        headers: { 'content-type': 'application/json', 'idempotency-key': transactionId },
        timeoutMs: 2_000,
      },
    ]);
  });

  it('writes where users go once the names are flipped', async () => {
    const { done, requests } = write(answers(200), 'confirm');
    await done;
    expect(requests.map(({ url }) => url)).toEqual(['https://orders.example.com/orders']);
  });

  it('takes "it is there already" as done', async () => {
    await expect(write(answers(409)).done).resolves.toBeUndefined();
  });

  it.each<[string, HttpAnswer, object]>([
    [
      'no answer: unknown',
      { answered: false, why: 'ECONNRESET' },
      { name: 'TransientError', effect: 'unknown', code: 'HttpUnanswered' },
    ],
    ['500: to be asked again', answers(500), { name: 'TransientError', effect: 'none', code: 'Http500' }],
    ['503: to be asked again', answers(503), { name: 'TransientError', effect: 'none', code: 'Http503' }],
    ['429: to be asked again', answers(429), { name: 'TransientError', effect: 'none', code: 'Http429' }],
    ['403: repeating will not help', answers(403), { name: 'TerminalError', code: 'Http403' }],
    ['302: repeating will not help', answers(302), { name: 'TerminalError', code: 'Http302' }],
  ])('%s', async (_title, answer, expected) => {
    await expect(write(answer).done).rejects.toMatchObject(expected);
  });
});
