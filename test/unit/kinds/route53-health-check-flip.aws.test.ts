import { beforeEach, describe, expect, it } from 'vitest';
import type { DnsQuestion, Outside } from '../../../shared/aws/outside.ts';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/route53-health-check-flip/aws.ts';
import type { Action } from '../../../shared/kinds/route53-health-check-flip/check.ts';
import { claimOf, claimText, Spec } from '../../../shared/kinds/route53-health-check-flip/spec.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';
import { type SmallWorld, smallWorld } from '../../support/small-world.ts';

const spec = Spec.parse({
  primary: { bucket: 'claims-primary', key: 'orders' },
  recovery: { bucket: 'claims-recovery', key: 'orders' },
  markName: '_served.shop.example.com',
  nameServers: ['ns-1.example.net', 'ns-2.example.net:5353'],
  records: [{ name: 'www.shop.example.com', type: 'A', primary: ['192.0.2.1'], recovery: ['198.51.100.1'] }],
});
const run = sampleRun({ epoch: 7 });
const flip: Target = { phase: 'flip-dns', run };
const confirm: Target = { phase: 'confirm', run };

let small: SmallWorld;
let outside: Outside;
let asked: DnsQuestion[];
let leadsTo: 'primary' | 'recovery';
beforeEach(() => {
  leadsTo = 'primary';
  small = smallWorld();
  small.world.s3(primary.region).seedBucket({ name: 'claims-primary' });
  small.world.s3(recovery.region).seedBucket({ name: 'claims-recovery' });
  asked = [];
  const dns: Outside['dns'] = async (question) => {
    asked.push(question);
    if (question.server !== 'ns-1.example.net') return { answered: false, why: 'no answer within 1000 ms' };
    return { answered: true, values: [question.type === 'TXT' ? leadsTo : '192.0.2.1'] };
  };
  outside = { ...small.outsideIn(recovery.region), dns };
});

const stands = () => small.world.s3(recovery.region).text('claims-recovery', 'orders');
const write = (text: string, replaces: string | null, more: Partial<Action> = {}) =>
  act({ type: 'claim', place: 'recovery', text, replaces, ...more }, spec, flip, outside);
const callsTo = (region: string) => small.world.history.filter(({ endpointRegion }) => endpointRegion === region);

describe('observe in flip-dns', () => {
  it('sees an object that is absent, and one that stands', async () => {
    expect((await observe(spec, flip, outside)).to).toEqual({ state: 'absent' });
    await write('hello', null);
    const changedAt = Math.floor(small.clock.now() / 1000) * 1000;
    expect((await observe(spec, flip, outside)).to).toEqual({ state: 'present', text: 'hello', changedAt });
  });

  it('tells a missing bucket from a missing object', async () => {
    const elsewhere = Spec.parse({ ...spec, recovery: { bucket: 'not-there', key: 'orders' } });
    expect((await observe(elsewhere, flip, outside)).to).toEqual({ state: 'no-bucket' });
  });

  it('does not read a text that is longer than any claim', async () => {
    await write('x'.repeat(5_121), null);
    expect((await observe(spec, flip, outside)).to).toMatchObject({ text: '5121 bytes' });
  });

  it('asks each server for the marker, and those that answer for the names', async () => {
    const { servers } = await observe(spec, flip, outside);
    expect(servers).toEqual([
      {
        server: 'ns-1.example.net',
        mark: { answered: true, values: ['primary'] },
        names: [{ name: 'www.shop.example.com', type: 'A', answer: { answered: true, values: ['192.0.2.1'] } }],
      },
      { server: 'ns-2.example.net:5353', mark: { answered: false, why: 'no answer within 1000 ms' }, names: [] },
    ]);
    expect(asked).toHaveLength(3);
  });

  it('asks nothing of the Region being left', async () => {
    expect(await observe(spec, flip, outside)).not.toHaveProperty('from');
    expect(callsTo(primary.region)).toEqual([]);
  });

  describe('asks it as well when the claim stands and a server leads to the primary all the same,', () => {
    const switchover: Target = { phase: 'flip-dns', run: { ...run, purpose: 'switchover' } };
    const stands = () => write(claimText(claimOf(run, true, recovery.region)), null);

    it.each<[string, Target]>([
      ['in a planned run', switchover],
      ['in a failover', flip],
    ])('%s: its silence is a fact', async (_title, target) => {
      await stands();
      expect((await observe(spec, target, outside)).from).toEqual({ state: 'absent' });
      small.world.loseRegion(primary.region);
      expect((await observe(spec, target, outside)).from).toMatchObject({ state: 'unanswered' });
    });

    it.each<[string, Target, () => Promise<unknown>]>([
      ['before its own claim stands', switchover, async () => undefined],
      ['while an older one does', switchover, () => write(claimText(claimOf({ ...run, epoch: 6 }, true, '')), null)],
      ['where no server leads there', switchover, async () => stands().then(() => (leadsTo = 'recovery'))],
    ])('not %s', async (_title, target, prepare) => {
      await prepare();
      await observe(spec, target, outside);
      expect(callsTo(primary.region)).toEqual([]);
    });

    it('nor on the way home: the claim of the recovery outweighs nothing', async () => {
      const home = sampleRun({ epoch: 7, purpose: 'failback', from: recovery, to: primary });
      await write(claimText(claimOf(home, true, primary.region)), null, { place: 'primary' });
      small.world.loseRegion(recovery.region);
      const asked = small.world.history.length;
      await observe(spec, { phase: 'flip-dns', run: home }, { ...small.outsideIn(primary.region), dns: outside.dns });
      expect(callsTo(recovery.region).filter((call) => small.world.history.indexOf(call) >= asked)).toEqual([]);
    });
  });

  it('throws when the Region being activated does not answer', async () => {
    small.world.network.cut(recovery.region, recovery.region);
    await expect(observe(spec, flip, outside)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('observe in confirm', () => {
  it('looks at both objects, and at no server', async () => {
    await write('hello', null);
    expect(await observe(spec, confirm, outside)).toMatchObject({
      to: { state: 'present' },
      from: { state: 'absent' },
      servers: [],
    });
  });

  it('takes the silence of the Region being left for a fact, and a no as well', async () => {
    small.world.loseRegion(primary.region);
    expect((await observe(spec, confirm, outside)).from).toMatchObject({ state: 'unanswered' });
    small.world.restoreRegion(primary.region);
    small.world.intercept = ({ endpointRegion }) =>
      endpointRegion === primary.region
        ? Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
        : undefined;
    expect((await observe(spec, confirm, outside)).from).toMatchObject({ state: 'unanswered' });
  });
});

describe('act', () => {
  it('writes where nothing was, and over exactly what it names', async () => {
    await write('first', null);
    await write('second', 'first');
    expect(stands()).toBe('second');
  });

  it.each<[string, string | null]>([
    ['something else', 'other'],
    ['nothing', null],
  ])('writes nothing over what it took for %s; the next look decides', async (_title, replaces) => {
    await write('first', null);
    await expect(write('second', replaces)).rejects.toMatchObject({
      name: 'TransientError',
      code: 'PreconditionFailed',
      effect: 'none',
    });
    expect(stands()).toBe('first');
  });

  it('does not know whether an earlier attempt has caused the mismatch', async () => {
    let attempts = 0;
    small.world.intercept = () => (++attempts === 1 ? 'lost-answer' : undefined);
    outside = small.outsideIn(recovery.region, { maxAttempts: 2 });
    await expect(write('first', null)).rejects.toMatchObject({ name: 'TransientError', effect: 'unknown' });
    expect(stands()).toBe('first');
  });

  it('a write at the same moment may be tried again', async () => {
    small.world.intercept = () =>
      Object.assign(new Error('conflict'), { name: 'ConditionalRequestConflict', $metadata: { httpStatusCode: 409 } });
    await expect(write('first', null)).rejects.toMatchObject({ name: 'TransientError', effect: 'none' });
  });

  it('a way back that does not fit is over', async () => {
    await write('newer', null);
    const back = write('older', 'mine', { type: 'put-back' });
    await expect(back).rejects.toMatchObject({ name: 'TerminalError', code: 'PreconditionFailed' });
    expect(stands()).toBe('newer');
  });

  it('a permission that is missing is no mismatch', async () => {
    small.world.intercept = () =>
      Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    await expect(write('first', null)).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
  });

  it('a withdrawal goes to the Region being left', async () => {
    await act({ type: 'withdraw', place: 'primary', text: 'x', replaces: null }, spec, confirm, outside);
    expect(small.world.s3(primary.region).text('claims-primary', 'orders')).toBe('x');
    expect(callsTo(recovery.region)).toEqual([]);
  });
});
