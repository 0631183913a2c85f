import { describe, expect, it } from 'vitest';
import { refuse } from '../../../shared/domain/decision.ts';
import { TerminalError, TransientError } from '../../../shared/domain/errors.ts';
import { Leashed } from '../../../shared/domain/leashed.ts';
import { settle } from '../../../shared/kinds/settle.ts';
import { pace, settling } from '../../support/settling.ts';
import { noon } from '../../support/virtual-clock.ts';

describe('settle', () => {
  it('acts not at all when all is as it should be', async () => {
    const { events, invoke, lamps } = await settling();
    await invoke();
    const calls = lamps.calls.length;
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(lamps.calls.length).toBe(calls);
    expect((await events()).at(-1)).toBe('settled');
  });

  it('acts once and looks again at once', async () => {
    const { events, invoke, lamps, small } = await settling();
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(lamps.calls).toEqual(['a']);
    expect(small.clock.now()).toBe(noon);
    expect(await events()).toEqual(['intended', 'acted', 'settled']);
  });

  it('tells the kind what it has asked for in this very invocation: a promotion may be over within one look', async () => {
    const { deps, lamps, task } = await settling();
    const check: typeof lamps.kind.check = (goal, spec, facts) => {
      const decision = lamps.kind.check(goal, spec, facts);
      const isOurs = goal.intended?.includes('light') === true;
      return decision.verdict === 'settled' && !isOurs
        ? refuse('verification-failed', 'somebody else lit it')
        : decision;
    };
    expect(await settle({ ...(await task()), kind: { ...lamps.kind, check } }, deps())).toMatchObject({
      status: 'settled',
    });
  });

  it('acts once when the effect is visible late', async () => {
    const { invoke, lamps, small } = await settling();
    lamps.invisibleMs = 7_500;
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(lamps.calls).toEqual(['a']);
    expect(small.clock.now()).toBe(noon + 8_000);
  });

  it('acts once when the answer was lost but the effect happened', async () => {
    const { events, invoke, lamps } = await settling();
    lamps.fates = ['lost-answer'];
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(lamps.effects.get('a')).toBe(1);
    expect(lamps.calls.length).toBe(1);
    expect(await events()).toEqual(['intended', 'settled']);
  });

  it('acts again after each rejection, one pause later', async () => {
    const { events, invoke, lamps, small } = await settling();
    lamps.fates = ['rejected', 'rejected'];
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(lamps.effects.get('a')).toBe(1);
    expect(small.clock.now()).toBe(noon + 2 * pace.pollSeconds * 1000);
    expect(await events()).toEqual(['intended', 'rejected', 'intended', 'rejected', 'intended', 'acted', 'settled']);
  });

  it('hands back waiting, with the reason, when rejections outlast its patience', async () => {
    const { invoke, lamps } = await settling();
    lamps.fates = Array.from({ length: 20 }, () => 'rejected' as const);
    const outcome = await invoke();
    expect(outcome).toMatchObject({ status: 'waiting', retryAfterSeconds: 1 });
    expect(outcome.why).not.toContain('not visible yet');
    expect(lamps.effects.size).toBe(0);
  });

  it('throws a terminal failure and writes it down', async () => {
    const { events, invoke, lamps } = await settling();
    lamps.fates = ['terminal'];
    await expect(invoke()).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
    expect(lamps.calls.length).toBe(1);
    expect(await events()).toEqual(['intended', 'failed']);
  });

  it('takes back the intent of a call that the service has refused: it surely did nothing', async () => {
    const { deps, events, lamps, task } = await settling();
    const refused = new TerminalError('not allowed', { code: 'AccessDenied', effect: 'none' });
    const kind = { ...lamps.kind, act: () => Promise.reject(refused) };
    await expect(settle({ ...(await task()), kind }, deps())).rejects.toBe(refused);
    expect(await events()).toEqual(['intended', 'rejected']);
  });

  it('goes on as if it had worked when a leash stops the call, and writes down what would have been done', async () => {
    const { deps, entries, events, lamps, task } = await settling();
    const call = { service: 'Lamps', command: 'Light', at: 'eu-central-1' };
    const kind = { ...lamps.kind, act: () => Promise.reject(new Leashed(call)) };
    expect(await settle({ ...(await task()), kind }, deps())).toEqual({
      status: 'settled',
      why: 'would be done: light a',
    });
    expect(await events()).toEqual(['intended', 'would-act', 'settled']);
    expect((await entries()).find(({ event }) => event === 'would-act')?.data).toEqual({
      action: { type: 'light' },
      undo: { type: 'put-out' },
      call,
    });
    expect(lamps.effects.size).toBe(0);
  });

  it('does not act once a newer run has taken over', async () => {
    const { events, invoke, lamps, overtake } = await settling();
    await overtake();
    expect(await invoke()).toMatchObject({ status: 'refused', refusal: 'stale-epoch' });
    expect(lamps.calls).toEqual([]);
    expect(await events()).toEqual(['intended', 'rejected', 'refused']);
  });

  it('does not act when it is overtaken between a rejection and the next try', async () => {
    const { invoke, lamps, overtake } = await settling();
    lamps.fates = ['rejected'];
    lamps.beforeAct = async () => {
      lamps.beforeAct = async () => {};
      await overtake();
    };
    const outcome = await invoke();
    const later = await invoke();
    expect([outcome.status, later.status].at(-1)).toBe('refused');
    expect(lamps.calls).toEqual(['a']);
  });

  it('has the intent and its undo in the journal before the act', async () => {
    const { entries, invoke, lamps } = await settling();
    const before: unknown[] = [];
    lamps.beforeAct = async () => {
      before.push(...(await entries()).map(({ event, resource, data }) => ({ event, resource, data })));
    };
    await invoke();
    const data = { action: { type: 'light' }, undo: { type: 'put-out' } };
    expect(before).toEqual([{ event: 'intended', resource: 'a', data }]);
  });

  it('writes the undo from what the survey saw, not from what it sees now', async () => {
    const { deps, entries, lamps, task } = await settling();
    const seen: unknown[] = [];
    const kind = {
      ...lamps.kind,
      undo: (action: { readonly type: string }, before: unknown) => {
        seen.push(before);
        return lamps.kind.undo(action, before);
      },
    };
    const one = await task();
    const surveyed = { scale: { at: noon, facts: { lit: 'surveyed' } } };
    await settle({ ...one, kind, goal: { ...one.goal, surveyed } }, deps());
    await settle({ ...(await task('b')), kind }, deps());
    expect(seen).toEqual([{ lit: 'surveyed' }, { lit: false }]);
    expect((await entries()).length).toBe(6);
  });
});

describe('settle, when its patience ends', () => {
  it('hands back waiting with a time, after its patience and not later', async () => {
    const { events, invoke, lamps, small } = await settling();
    lamps.invisibleMs = 60_000;
    expect(await invoke()).toMatchObject({ status: 'waiting', retryAfterSeconds: 1 });
    expect(small.clock.now()).toBe(noon + pace.patienceSeconds * 1000);
    expect(await events()).toEqual(['intended', 'acted', 'waiting']);
  });

  it('does not act again in later invocations while the effect may still be invisible, and does after that', async () => {
    const { invoke, lamps, small } = await settling();
    lamps.fates = ['lost-request'];
    const callsAfter: number[] = [];
    for (let invocation = 0; invocation < 5; invocation++) {
      await invoke();
      callsAfter.push(lamps.calls.length);
    }
    expect(callsAfter).toEqual([1, 1, 2, 2, 2]);
    expect(small.clock.now()).toBe(noon + pace.visibilitySeconds * 1000);
    expect(lamps.effects.get('a')).toBe(1);
  });

  it('looks once although it has no patience at all', async () => {
    const { deps, lamps, small, task } = await settling();
    const outcome = await settle({ ...(await task()), giveUpAt: noon }, deps());
    expect(outcome.status).toBe('settled');
    expect(lamps.calls).toEqual(['a']);
    expect(small.clock.now()).toBe(noon);
  });

  it('ends although a kind wants one thing and its opposite in turn', async () => {
    const { deps, lamps, small, task } = await settling();
    const types = ['one', 'other'];
    const wish = () => ({ verdict: 'act' as const, why: 'never content', action: { type: types.reverse()[0] ?? '' } });
    const kind = { ...lamps.kind, check: wish };
    lamps.beforeAct = async () => small.clock.advance(1);
    expect(await settle({ ...(await task()), kind }, deps())).toMatchObject({ status: 'waiting' });
    expect(lamps.calls.length).toBe(2);
  });
});

describe('settle, when looking fails', () => {
  it.each([
    ['looks again while there is patience', 3, { status: 'settled' }],
    ['hands back waiting, with what failed, when its patience ends', 100, { status: 'waiting', why: 'busy' }],
  ])('%s', async (_title, failures, expected) => {
    const { deps, lamps, task } = await settling();
    let looks = 0;
    const kind = {
      ...lamps.kind,
      observe: (...args: Parameters<typeof lamps.kind.observe>) =>
        looks++ < failures ? Promise.reject(new TransientError('busy')) : lamps.kind.observe(...args),
    };
    expect(await settle({ ...(await task()), kind }, deps())).toMatchObject(expected);
  });

  it('throws at once what will not pass', async () => {
    const { deps, lamps, small, task } = await settling();
    const kind = { ...lamps.kind, observe: () => Promise.reject(new TerminalError('not allowed')) };
    await expect(settle({ ...(await task()), kind }, deps())).rejects.toMatchObject({ name: 'TerminalError' });
    expect(small.clock.now()).toBe(noon);
  });
});

describe('settle, when the process dies', () => {
  it.each(['crash-before', 'crash-after'] as const)('at the act (%s), converges with one effect', async (fate) => {
    const { invoke, lamps } = await settling();
    lamps.fates = [fate];
    await expect(invoke()).rejects.toThrow('the process is gone');
    const statuses: string[] = [];
    for (let invocation = 0; invocation < 5; invocation++) statuses.push((await invoke()).status);
    expect(statuses.at(-1)).toBe('settled');
    expect(lamps.effects.get('a')).toBe(1);
  });

  it('between the act and the line that says so, converges without a second call', async () => {
    const { crash, events, invoke, lamps } = await settling();
    lamps.invisibleMs = 5_000;
    lamps.beforeAct = async () => {
      lamps.beforeAct = async () => {};
      crash();
    };
    await expect(invoke()).rejects.toThrow('the process is gone');
    expect(await invoke()).toMatchObject({ status: 'settled' });
    expect(lamps.calls).toEqual(['a']);
    expect(await events()).toEqual(['intended', 'settled']);
  });
});
