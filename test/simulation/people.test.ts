import { afterEach, describe, expect, it } from 'vitest';
import { type ModelledLab, type ModelledLabOptions, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import { coordinationTable, labRuntime } from '../../lab/runtime.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { takeOver } from '../../shared/start/take-over.ts';
import { effectsOf, effectsOfARecovery, publicAddress, toldBy } from '../support/modelled.ts';

let lab: ModelledLab;
afterEach(() => lab.close());

/** The modelled standby lags by 0.1 s. */
const strict = (plan: Plan): Plan => ({ ...plan, objectives: { ...plan.objectives, rpoSeconds: 0.05 } });
const open = async (change: NonNullable<ModelledLabOptions['change']>): Promise<void> => {
  lab = await openModelledLab({ change });
};

const says = (what: object): Promise<void> => {
  const at = lab.clock.now();
  const directive = { by: 'ada', reason: 'because', at, expiresAt: at + 60_000, ...what };
  return lab.coordination.directives.record('real-1', directive as never);
};
async function until(line: string): Promise<void> {
  while (!(await toldBy(lab, 'real-1')).includes(line)) await lab.clock.sleep(20);
}

describe('a loss above the RPO', () => {
  it('is promoted once a person has accepted it, and not before', async () => {
    await open(strict);
    lab.start('real-1');
    await until('approve asked');
    await lab.clock.sleep(1000);
    expect(effectsOf(lab)).not.toContain('RDS PromoteReadReplica eu-central-1');
    await says({ type: 'approve', needs: ['accept-data-loss'], loss: 0.1 });
    expect((await lab.ended('real-1')).status).toBe('SUCCEEDED');
    expect(publicAddress(lab)).toEqual(['127.0.2.1']);
  });

  it.each([
    ['declines', async () => says({ type: 'decline' })],
    ['does not answer', async () => undefined],
  ])('stops the run and is put back when a person %s', async (_title, answer) => {
    await open(strict);
    lab.start('real-1');
    await until('approve asked');
    await answer();
    expect((await lab.ended('real-1')).error).toBe('Stopped');
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([2, 1]);
    expect(publicAddress(lab)).toEqual(['127.0.1.1']);
    expect(effectsOf(lab).filter((effect) => /RDS|Route53|eu-west-1/.test(effect))).toEqual([]);
  });
});

describe('a run that is held', () => {
  const held = async (): Promise<void> => {
    await open((plan) => plan);
    const denied = Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client', $metadata: {} });
    lab.world.intercept = ({ command }) => (command === 'ChangeResourceRecordSets' ? denied : undefined);
    lab.start('real-1');
    await until('hold asked');
  };

  it('goes on from where it was, once the trouble is gone and a person says so', async () => {
    await held();
    lab.world.intercept = undefined;
    await says({ type: 'resume' });
    expect((await lab.ended('real-1')).status).toBe('SUCCEEDED');
    const effects = effectsOf(lab).filter((effect) => effect !== 'SNS Publish eu-central-1');
    expect(effects.toSorted()).toEqual(effectsOfARecovery.slice(0, -1));
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 1 });
  });

  it('goes on without the resource that a person has had skipped', async () => {
    await held();
    await says({ type: 'skip', resource: 'orders-dns' });
    // Without a change of its name, the public transaction never reaches the new Region: that is skipped as well.
    await until('hold answered');
    await lab.clock.sleep(31_000);
    await says({ type: 'skip', resource: 'orders-transaction' });
    expect((await lab.ended('real-1')).status).toBe('SUCCEEDED');
    expect(publicAddress(lab)).toEqual(['127.0.1.1']);
  });

  it('ends as it is when a person stops it, with the Region in charge that has the data', async () => {
    await held();
    await says({ type: 'stop' });
    expect((await lab.ended('real-1')).error).toBe('Held');
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 1 });
  });
});

describe('a run whose orchestrator is gone', () => {
  const cancelled = async (line: string): Promise<void> => {
    await open((plan) => plan);
    lab.start('real-1');
    while (!(await toldBy(lab, 'real-1')).includes(line)) await lab.clock.sleep(2);
    const executionArn = `arn:aws:states:eu-central-1:${lab.world.host.account}:execution:understudy-failover:real-1`;
    lab.world.stepFunctions('eu-central-1').operations.StopExecution({ executionArn });
  };
  const watchdog = async (region: string, seconds: number): Promise<readonly string[]> => {
    const { clock, orders, plan, world } = lab;
    const runtime = labRuntime({ world, plan, region, clock, log: () => undefined, net: orders });
    return (await takeOver(plan, seconds, runtime)).started;
  };

  it('is taken over by a watchdog of the Region being activated, under a higher epoch, and finished', async () => {
    await cancelled('isolate acted orders-service');
    const [name = ''] = await watchdog('eu-central-1', 20);
    expect((await lab.ended(name)).status).toBe('SUCCEEDED');
    const effects = effectsOf(lab).filter((effect) => !effect.startsWith('SFN'));
    expect(effects.toSorted()).toEqual(effectsOfARecovery);
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 2 });
    expect(await lab.coordination.lock.run(name)).toMatchObject({ takesOver: 'real-1', trigger: 'takeover' });
  });

  it('is taken over by the other Region when the one being activated is lost, and put back', async () => {
    await cancelled('isolate acted orders-service');
    lab.world.loseRegion('eu-central-1');
    const [name = ''] = await watchdog('eu-west-1', 40);
    const { error } = await lab.ended(name, 'eu-west-1');
    expect(error).toBe('Stopped');
    expect(lab.desiredTasks('primary')).toBe(2);
    const { world, plan, orders, clock } = lab;
    const { outside } = labRuntime({ world, plan, region: 'eu-west-1', clock, log: () => undefined, net: orders });
    const there = openCoordination(outside, clock, { region: 'eu-west-1', tableName: coordinationTable });
    expect(await there.lock.charge('shop')).toEqual({ activeRegion: 'eu-west-1', epoch: 2 });
  });

  it('is left alone while a person has halted the application', async () => {
    await cancelled('isolate acted orders-service');
    await lab.coordination.killSwitch.halt('shop', { by: 'ada', reason: 'let me look', at: lab.clock.now() });
    expect(await watchdog('eu-central-1', 40)).toEqual([]);
  });
});

describe('an application that a person has halted', () => {
  it('opens no run, unless another person forces one', async () => {
    await open((plan) => plan);
    await lab.coordination.killSwitch.halt('shop', { by: 'ada', reason: 'maintenance', at: lab.clock.now() });
    expect((await lab.run('real-1')).cause).toBe('halted by ada: maintenance');
    expect(effectsOf(lab)).toEqual(['SNS Publish eu-central-1']);
    expect((await lab.run('real-2', { force: true, reason: 'the Region burns' })).status).toBe('SUCCEEDED');
  });

  it('starts nothing again within its cool-down', async () => {
    await open((plan) => plan);
    await lab.run('real-1');
    const back = { from: 'recovery' } as const;
    expect((await lab.run('real-2', back, 'eu-west-1')).error).toBe('Refused');
    expect(await lab.coordination.lock.acknowledge('shop', { runId: 'real-1', by: 'ada' })).toBe(true);
    expect((await lab.run('real-3', back, 'eu-west-1')).error).not.toBe('Refused');
  });
});
