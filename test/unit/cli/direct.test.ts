import { describe, expect, it } from 'vitest';
import { direct, type Saying } from '../../../cli/operator/direct.ts';
import type { Operator } from '../../../cli/operator/operator.ts';
import { approve } from '../../../shared/steps/approve.ts';
import { hold } from '../../../shared/steps/hold.ts';
import { restore } from '../../../shared/steps/restore.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { primary } from '../../support/sample-run.ts';
import { type Shop, surveyedShop } from '../../support/shop.ts';

const strict = (plan: Draft): void => {
  plan['objectives'] = { rtoSeconds: 300, rpoSeconds: 0.1 };
};

/** At a terminal that asks the table in the Region being left: a directive may come from anywhere. */
const operator = ({ clock, coordinationIn, outsideIn }: Shop): Operator => ({
  outside: outsideIn(primary.region),
  region: primary.region,
  machine: 'understudy-failover',
  coordination: coordinationIn(primary.region),
  clock,
  by: 'ada',
  reason: 'because',
  expiresSeconds: 900,
  words: [],
  flags: new Set(),
  options: {},
});
const say = (all: Shop, saying: Saying, runId = 'run-1') => direct(operator(all), runId, saying);
const accept: Saying = { type: 'approve', needs: ['proceed', 'accept-data-loss'] };

describe('a person at a terminal', () => {
  it('lets a run go on by accepting the loss that it has shown', async () => {
    const all = await surveyedShop(strict);
    await all.step(approve);
    expect(await say(all, accept)).toMatchObject({ done: true, json: { recorded: true, directive: { loss: 0.5 } } });
    expect(await all.step(approve)).toMatchObject({ status: 'settled' });
  });

  it('cannot accept a loss by the way', async () => {
    const all = await surveyedShop(strict);
    await all.step(approve);
    const said = await say(all, { type: 'approve', needs: ['proceed'] });
    expect(said).toMatchObject({
      done: false,
      text: expect.stringContaining('accept-data-loss must be given by name'),
    });
    expect(await all.step(approve)).toMatchObject({ status: 'waiting' });
  });

  it('declines, and the run stops', async () => {
    const all = await surveyedShop(strict);
    await all.step(approve);
    await say(all, { type: 'decline' });
    expect(await all.step(approve)).toMatchObject({ status: 'refused', refusal: 'approval-declined' });
  });

  it('decides about a run that is held', async () => {
    const all = await surveyedShop();
    await all.step(hold);
    expect(await say(all, { type: 'resume' })).toMatchObject({ done: true });
    expect(await all.step(hold)).toMatchObject({ status: 'settled' });
  });

  it.each<[string, (all: Shop) => Promise<unknown>, string, RegExp]>([
    ['is told when there was never such a run', async () => undefined, 'run-9', /never/],
    ['is told when the run does not wait', async () => undefined, 'run-1', /does not wait/],
    ['is told when the run is over', async (all) => all.step(restore), 'run-1', /over/],
  ])('%s', async (_title, before, runId, why) => {
    const all = await surveyedShop(strict);
    await before(all);
    const said = await say(all, accept, runId);
    expect(said).toMatchObject({ done: false, json: { recorded: false } });
    expect(said.text).toMatch(why);
    expect(await operator(all).coordination.directives.read(runId)).toEqual([]);
  });
});
