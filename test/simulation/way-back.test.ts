import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import { machineNames } from '../../lab/runtime.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { dimensionsOf, metrics } from '../../shared/signals/metrics.ts';
import { effectsOf, toldBy } from '../support/modelled.ts';

const [ireland, frankfurt] = ['eu-west-1', 'eu-central-1'] as const;
const doors = { [ireland]: 'sg-00000000000000001', [frankfurt]: 'sg-00000000000000002' } as const;

let lab: ModelledLab;
beforeEach(async () => {
  lab = await openModelledLab({ change: patientPlan });
});
afterEach(() => lab.close());

/** Nobody waits between runs here, and a door is as good as closed. */
const patientPlan = (plan: Plan): Plan => ({
  ...plan,
  pace: { ...plan.pace, pollSeconds: 0.05, visibilitySeconds: 0.2 },
  policy: { ...plan.policy, coolDownSeconds: 0, failback: { ...plan.policy.failback, stableSeconds: 5 } },
});

const evaluate = (region: string) =>
  lab.world.lambda.invoke({ region, functionName: 'evaluate', payload: { application: lab.plan.application } });

/** In the Region in charge, as all that only repairs the other one; which has been well, as its probes tell. */
async function reprotect(name: string, region: string, repaired: string): Promise<unknown> {
  const about = region === ireland ? 'primary' : 'recovery';
  lab.world.cloudWatch(repaired).operations.PutMetricData({
    Namespace: metrics.namespace,
    MetricData: [1, 2, 3, 4, 5].map((seconds) => ({
      MetricName: metrics.probeFailed,
      Dimensions: dimensionsOf(lab.plan.application, about),
      Timestamp: new Date(lab.clock.nowMs() - seconds * 1000),
      Values: [0],
      Counts: [20],
    })),
  });
  const input = JSON.stringify({ application: lab.plan.application, purpose: 'reprotect', reason: 'test' });
  const stateMachineArn = lab.world.stateMachineArn(region, machineNames.reprotect);
  const { stepFunctions } = lab.world.region(region);
  const { executionArn } = stepFunctions.operations.StartExecution({ stateMachineArn, name, input });
  for (let look = 0; look < 10_000; look += 1) {
    const { error, status } = stepFunctions.operations.DescribeExecution({ executionArn }) as {
      readonly status: string;
      readonly error?: string;
    };
    if (status !== 'RUNNING') return { status, error };
    await lab.clock.sleep(50);
  }
  throw new Error(`${name} still runs`);
}

const measureLag = (region: string, DBInstanceIdentifier: string) =>
  lab.world.cloudWatch(region).operations.PutMetricData({
    Namespace: 'AWS/RDS',
    MetricData: [
      {
        MetricName: 'ReplicaLag',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: DBInstanceIdentifier }],
        Timestamp: new Date(lab.clock.nowMs() - 1500),
        Value: 0.1,
      },
    ],
  });
const inbound = ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16'].map((CidrIpv4) => ({
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  CidrIpv4,
}));
const openRules = (region: keyof typeof doors) =>
  lab.world
    .ec2(region)
    .inbound(doors[region])
    .map(({ CidrIpv4 }) => CidrIpv4);
const away = { reason: 'test' };
const home = { from: 'recovery', reason: 'test' } as const;

describe('after a failover, in which the old primary was left', () => {
  beforeEach(async () => {
    lab.world.ec2(ireland).seedSecurityGroup({ id: doors[ireland], name: 'orders-primary', inbound });
    await evaluate(ireland);
    expect(await lab.run('away-1', away)).toMatchObject({ status: 'SUCCEEDED' });
    await evaluate(frankfurt);
  });

  it('a failover back to it is refused: it stands alone and has none of what was written since', async () => {
    const before = effectsOf(lab).length;
    expect(await lab.run('home-1', home, ireland)).toMatchObject({ status: 'FAILED' });
    const told = await toldBy(lab, 'home-1');
    expect(told).toContain('survey surveyed orders-db');
    const entries = await lab.coordination.journal.read('home-1');
    expect(entries.find(({ refusal }) => refusal !== undefined)).toMatchObject({ refusal: 'replica-unusable' });
    expect(
      effectsOf(lab)
        .slice(before)
        .filter((effect) => !effect.startsWith('SNS')),
    ).toEqual([]);
  });

  it('a reprotect keeps it and builds a replica in its place; then a failover goes there, through its door', async () => {
    expect(openRules(ireland)).toEqual([]);
    expect(await reprotect('protect-1', frankfurt, ireland)).toMatchObject({ status: 'SUCCEEDED' });
    const rds = lab.world.rds(ireland);
    expect(rds.identifiers()).toEqual(['orders-primary', 'orders-primary-understudy-e2']);
    expect(rds.snapshots()).toMatchObject([{ Status: 'available' }]);
    expect(lab.desiredTasks('primary')).toBe(1);
    await evaluate(frankfurt);
    measureLag(ireland, 'orders-primary');
    expect(await lab.run('home-1', home, ireland)).toMatchObject({ status: 'SUCCEEDED' });
    expect(rds.instance('orders-primary')).not.toHaveProperty('ReadReplicaSourceDBInstanceIdentifier');
    expect(openRules(ireland)).toEqual(inbound.map(({ CidrIpv4 }) => CidrIpv4));
    expect(openRules(frankfurt)).toEqual([]);
  });

  it('what was recorded of it in an earlier reign opens no way to it: there, back, there, and back unprotected', async () => {
    await reprotect('protect-1', frankfurt, ireland);
    await evaluate(frankfurt);
    measureLag(ireland, 'orders-primary');
    expect(await lab.run('home-1', home, ireland)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await reprotect('protect-2', ireland, frankfurt)).toMatchObject({ status: 'SUCCEEDED' });
    measureLag(frankfurt, 'orders-recovery');
    await evaluate(ireland);
    expect(await lab.run('away-2', away)).toMatchObject({ status: 'SUCCEEDED' });
    // No evaluation since: the last record says that the old primary replicated the recovery Region, in its first reign.
    expect(await lab.run('home-2', home, ireland)).toMatchObject({ status: 'FAILED' });
    const entries = await lab.coordination.journal.read('home-2');
    expect(entries.find(({ refusal }) => refusal !== undefined)).toMatchObject({
      refusal: 'replica-unusable',
      why: expect.stringContaining('since before eu-central-1 came into charge'),
    });
  });
});
