import { describe, expect, it } from 'vitest';
import { openTable } from '../../../shared/coordination/table.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import { whyLengthMax } from '../../../shared/steps/contract.ts';
import { defineStep } from '../../../shared/steps/define-step.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { notify } from '../../../shared/steps/notify.ts';
import { application, recovery } from '../../support/sample-run.ts';
import { type Shop, shop } from '../../support/shop.ts';

const waiting: Outcome = { status: 'waiting', why: 'soon', retryAfterSeconds: 0.2 };
const stepThat = (outcome: Outcome) => defineStep('scale', async () => outcome);
async function opened(): Promise<Shop> {
  const all = await shop();
  await all.step(detect);
  return all;
}

describe('every step', () => {
  it.each<[string, Outcome, object, readonly string[]]>([
    [
      'is finished when it is settled',
      { status: 'settled', why: 'done' },
      { status: 'settled', retryAfterSeconds: 1 },
      ['scale step-finished'],
    ],
    [
      'is finished when it is refused',
      { status: 'refused', why: 'no', refusal: 'service-not-found' },
      { status: 'refused', refusal: 'service-not-found' },
      ['scale step-finished'],
    ],
    ['is not finished when it waits, for whole seconds', waiting, { status: 'waiting', retryAfterSeconds: 1 }, []],
  ])('%s', async (_title, outcome, result, finished) => {
    const { step, told } = await opened();
    expect(await step(stepThat(outcome))).toMatchObject({ step: 'scale', why: outcome.why, ...result });
    expect(await told()).toEqual(['detect run-opened', 'scale step-started', ...finished]);
  });

  it('is started once, however often it is invoked', async () => {
    const { step, told } = await opened();
    for (let invocation = 0; invocation < 3; invocation++) await step(stepThat(waiting));
    expect((await told()).filter((line) => line === 'scale step-started').length).toBe(1);
  });

  it('waits until its deadline and not longer, counted from its first start', async () => {
    const { clock, step } = await opened();
    await step(stepThat(waiting));
    clock.advance(1_800_000);
    expect(await step(stepThat(waiting))).toMatchObject({ status: 'waiting' });
    clock.advance(1);
    expect(await step(stepThat(waiting))).toMatchObject({ status: 'refused', refusal: 'deadline-passed' });
  });

  it('begins its deadline anew when a person has let a held run go on', async () => {
    const { clock, coordinationIn, step } = await opened();
    await step(stepThat(waiting));
    clock.advance(3_600_000);
    const line = { runId: 'run-1', epoch: 1, step: 'hold', event: 'step-finished', why: 'resume' } as const;
    await coordinationIn(recovery.region).journal.append(line);
    expect(await step(stepThat(waiting))).toMatchObject({ status: 'waiting' });
  });

  it('refuses to go on with a journal that somebody has changed, names the entry, and lets Notify tell of it', async () => {
    const { deps, step } = await opened();
    const { lock, journal } = deps().coordination;
    const [entry] = await journal.read('run-1');
    const table = openTable(deps().outside, recovery.region, 'understudy');
    await table.put({ pk: 'run#run-1', sk: 'journal#000000001', entry: { ...entry, why: 'nothing to see here' } });
    const refused = await step(stepThat({ status: 'settled', why: 'done' }));
    expect(refused).toMatchObject({ status: 'refused', refusal: 'journal-broken' });
    expect(refused.why).toContain('entry 1 was changed');
    expect(await step(notify)).toMatchObject({ status: 'settled' });
    expect(await lock.charge(application)).toMatchObject({ runId: 'run-1' });
  });

  it('may still settle after its deadline', async () => {
    const { clock, step } = await opened();
    await step(stepThat(waiting));
    clock.advance(3_600_000);
    expect(await step(stepThat({ status: 'settled', why: 'done' }))).toMatchObject({ status: 'settled' });
  });

  it('has come to rest when it fails: nothing goes on behind the back of the next invocation', async () => {
    const { clock, step, world } = await opened();
    let atRest = false;
    const slow = defineStep('scale', async () => {
      await clock.sleep(5_000);
      atRest = true;
      return waiting;
    });
    world.intercept = (call) => (call.mutating ? new Error('the table does not answer') : undefined);
    await expect(step(slow)).rejects.toThrow('the table does not answer');
    // Either the body was never begun, or it has ended.
    const restAtOnce = atRest;
    await clock.sleep(10_000);
    expect(atRest).toBe(restAtOnce);
  });

  it('tells the state machine no more than it can carry', async () => {
    const { step } = await opened();
    const { why } = await step(stepThat({ status: 'settled', why: 'x'.repeat(5_000) }));
    expect(why.length).toBe(whyLengthMax);
  });

  it('fails for a run that was never opened', async () => {
    const { step } = await shop();
    await expect(step(stepThat(waiting))).rejects.toMatchObject({ name: 'TerminalError', code: 'RunNotOpened' });
  });

  it('fails for an application without a plan', async () => {
    const { step } = await opened();
    const unknown = step(stepThat(waiting), { application: `no-${application}` });
    await expect(unknown).rejects.toMatchObject({ name: 'TerminalError', code: 'UnknownApplication' });
  });
});
