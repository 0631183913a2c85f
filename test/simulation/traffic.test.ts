import { afterEach, describe, expect, it } from 'vitest';
import { type Traffic, traffics } from '../../lab/gameday/traffics.ts';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { effectsOf, publicAddress } from '../support/modelled.ts';

let lab: ModelledLab;
afterEach(() => lab.close());

const home = { primary: ['127.0.1.1'], recovery: ['127.0.2.1'] } as const;
const regions = { primary: 'eu-west-1', recovery: 'eu-central-1' } as const;
type Place = keyof typeof regions;

/** Nothing but traffic, so that it can go either way: what data needs for a way back is not asked here. */
const trafficAlone = (plan: Plan): Plan => ({
  ...plan,
  policy: { ...plan.policy, coolDownSeconds: 0 },
  resources: plan.resources.filter(({ id }) => id === 'orders-dns'),
});

const open = async (
  traffic: Traffic,
  change: (plan: Plan) => Plan = trafficAlone,
  healthCheckTimeScale = 0.01,
): Promise<void> => {
  lab = await openModelledLab({ traffic, change, settings: { healthCheckTimeScale } });
};

/** A run that leaves one place for the other. */
async function leave(from: Place, name: string): Promise<void> {
  const to: Place = from === 'primary' ? 'recovery' : 'primary';
  const { cause, status } = await lab.run(name, { from }, regions[to]);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
}

/** Longer than any health checker needs in this lab. */
const untilSeen = (): Promise<void> => lab.clock.sleep(5_000);
const lose = (place: Place): void => lab.world.loseRegion(regions[place]);
const restore = (place: Place): void => lab.world.restoreRegion(regions[place]);
const claims = (): string[] =>
  (['primary', 'recovery'] as const).filter((place) =>
    lab.world.s3(regions[place]).text(`shop-traffic-${place}`, 'traffic/orders')?.includes('"active":true'),
  );

describe.each(traffics)('traffic moved by %s', (traffic) => {
  it('a whole run brings it to the recovery Region, after a write there was verified', async () => {
    await open(traffic, (plan) => plan);
    await leave('primary', 'run-1');
    expect(publicAddress(lab)).toEqual(home.recovery);
    const moving = effectsOf(lab).filter((effect) => /^(Route53|S3)/.test(effect));
    const expected = {
      record: ['Route53 ChangeResourceRecordSets us-east-1'],
      'health-check': ['S3 PutObject eu-central-1'],
    };
    const [only, ...others] = moving;
    expect(others).toEqual([]);
    if (traffic !== 'routing-control') expect([only]).toEqual(expected[traffic]);
    expect(lab.world.troubles).toEqual([]);
  });

  it('goes there and back, again and again', async () => {
    await open(traffic);
    for (const round of [1, 2, 3]) {
      await leave('primary', `there-${round}`);
      expect(publicAddress(lab)).toEqual(home.recovery);
      await leave('recovery', `back-${round}`);
      expect(publicAddress(lab)).toEqual(home.primary);
    }
  });

  it('never answers with nothing, however the Regions die', async () => {
    await open(traffic);
    await leave('primary', 'run-1');
    for (const change of [() => lose('recovery'), () => lose('primary'), () => restore('recovery')]) {
      change();
      await untilSeen();
      expect(publicAddress(lab)).toHaveLength(1);
    }
  });
});

describe('health checks that watch the claims of both places', () => {
  it('a claim of a dead Region’s successor holds when that Region comes back', async () => {
    await open('health-check');
    lose('primary');
    await leave('primary', 'run-1');
    expect(publicAddress(lab)).toEqual(home.recovery);
    restore('primary');
    await untilSeen();
    expect(publicAddress(lab)).toEqual(home.recovery);
  });

  it('no Region that merely dies moves traffic away from the one in charge at rest', async () => {
    await open('health-check');
    for (const place of ['recovery', 'primary'] as const) {
      lose(place);
      await untilSeen();
      expect(publicAddress(lab)).toEqual(home.primary);
      restore(place);
      await untilSeen();
    }
  });

  it('a way back with both Regions alive ends at rest, without any claim', async () => {
    await open('health-check');
    await leave('primary', 'run-1');
    expect(claims()).toEqual(['recovery']);
    await leave('recovery', 'run-2');
    expect(claims()).toEqual([]);
    lose('primary');
    await untilSeen();
    expect(publicAddress(lab)).toEqual(home.primary);
  });

  it('a way back from a dead Region holds when that Region wakes: its old claim is outweighed', async () => {
    await open('health-check');
    await leave('primary', 'run-1');
    lose('recovery');
    await leave('recovery', 'run-2');
    expect(publicAddress(lab)).toEqual(home.primary);
    restore('recovery');
    await untilSeen();
    expect(claims()).toEqual(['primary', 'recovery']);
    expect(publicAddress(lab)).toEqual(home.primary);
    const entries = await lab.coordination.journal.read('run-2');
    expect(entries.findLast(({ step }) => step === 'confirm')?.why).toContain('s3://shop-traffic-recovery');
  });

  it('a primary whose claim nobody could clear takes traffic when it wakes: a limit, and the runs say so', async () => {
    await open('health-check');
    await leave('primary', 'run-1');
    lose('recovery');
    await leave('recovery', 'run-2');
    restore('recovery');
    lose('primary');
    await leave('primary', 'run-3');
    expect(publicAddress(lab)).toEqual(home.recovery);
    const entries = await lab.coordination.journal.read('run-3');
    expect(entries.findLast(({ step }) => step === 'confirm')?.why).toContain('s3://shop-traffic-primary');
    restore('primary');
    await untilSeen();
    expect(publicAddress(lab)).toEqual(home.primary);
  });

  it('a run that is refused after the claim puts it back', async () => {
    const hasty = (plan: Plan): Plan => ({
      ...trafficAlone(plan),
      pace: { ...plan.pace, stepDeadlineSeconds: 0.2, patienceSeconds: 0.1 },
    });
    await open('health-check', hasty, 1);
    const { status } = await lab.run('run-1', { from: 'primary' }, regions.recovery);
    expect(status).toBe('FAILED');
    expect(claims()).toEqual([]);
    await lab.clock.sleep(500_000);
    expect(publicAddress(lab)).toEqual(home.primary);
  });

  it('no step asks S3 anything in the Region being left before the claim of the other one stands', async () => {
    await open('health-check');
    await leave('primary', 'run-1');
    const asked = lab.world.history.filter(({ caller, service }) => service === 'S3' && caller !== '');
    const claimed = asked.findIndex(({ command }) => command === 'PutObject');
    const there = asked.filter(({ endpointRegion }) => endpointRegion === regions.primary);
    expect(new Set(there.map(({ caller }) => caller))).toEqual(new Set(['flip-dns', 'confirm']));
    expect(asked.slice(0, claimed + 1).filter((call) => there.includes(call))).toEqual([]);
  });
});
