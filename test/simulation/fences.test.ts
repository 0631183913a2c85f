import { afterEach, describe, expect, it } from 'vitest';
import type { SecurityGroupSeed } from '../../lab/cloud/ec2.ts';
import type { ApiCall } from '../../lab/cloud/history.ts';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import type { Plan, Resource } from '../../shared/domain/plan.ts';
import { effectsOf, toldBy } from '../support/modelled.ts';

const door = 'sg-00000000000000001';
const source = { region: 'eu-west-1', instance: 'orders-primary' };
let lab: ModelledLab;
afterEach(() => lab.close());

const only =
  (...ids: readonly string[]) =>
  (plan: Plan): Plan => {
    const isolation = { patienceSeconds: 10, whenUnconfirmed: 'stop' } as const;
    const resources = plan.resources.filter(({ id, kind }) => kind !== 'ecs-service' || ids.includes(id));
    const pace = { ...plan.pace, pollSeconds: 0.05, visibilitySeconds: 0.2 };
    return { ...plan, pace, policy: { ...plan.policy, isolation }, resources };
  };
const stoppingSource = (plan: Plan): Plan => ({ ...plan, resources: plan.resources.map(withStopSource) });
const withStopSource = (one: Resource): Resource =>
  one.kind === 'rds-read-replica' ? { ...one, spec: { ...(one.spec as object), stopSource: true } } : one;

const denied = (): Error =>
  Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client', $metadata: { httpStatusCode: 403 } });
/** Promotion is refused for good, so that Restore puts back what was fenced. */
const promotionDenied = ({ command }: ApiCall) => (command === 'PromoteReadReplica' ? denied() : undefined);

const rulesNow = () =>
  lab.world
    .ec2('eu-west-1')
    .inbound(door)
    .map(({ SecurityGroupRuleId: _id, SecurityGroupRuleArn: _arn, ...rule }) => rule)
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

const postgres = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };
const ownedBy = (Value: string) => [{ Key: 'owner', Value }];
/** Every kind of source, and three sets of tags. */
const manyRules: SecurityGroupSeed['inbound'] = [
  { ...postgres, CidrIpv4: '10.0.0.0/16', Description: 'web', Tags: ownedBy('shop') },
  { ...postgres, CidrIpv6: '2001:db8::/32', Tags: ownedBy('shop') },
  { ...postgres, PrefixListId: 'pl-0a', Description: 'offices', Tags: ownedBy('people') },
  { IpProtocol: '-1', ReferencedGroupInfo: { GroupId: 'sg-0b' } },
  { ...postgres, ReferencedGroupInfo: { GroupId: 'sg-0c', UserId: '210987654321', VpcPeeringConnectionId: 'pcx-0d' } },
];

describe('a run that is refused after its fences stand', () => {
  it('gets every rule of the door back as it was, by calls that set its tags', async () => {
    lab = await openModelledLab({ change: only('orders-service') });
    lab.world.ec2('eu-west-1').seedSecurityGroup({ id: door, name: 'orders-primary', inbound: manyRules });
    const before = rulesNow();
    const open: number[] = [];
    lab.world.intercept = (call) => {
      if (call.command === 'PromoteReadReplica') open.push(rulesNow().length);
      return promotionDenied(call);
    };
    const { error } = await lab.run('real-1');
    expect({ error, open }).toEqual({ error: 'Stopped', open: [0] });
    expect(rulesNow()).toEqual(before);
    const calls = effectsOf(lab).filter((effect) => effect.startsWith('EC2'));
    expect(calls.map((effect) => effect.split(' ')[1])).toEqual([
      ...Array(3).fill('RevokeSecurityGroupIngress'),
      ...Array(3).fill('AuthorizeSecurityGroupIngress'),
    ]);
    expect(lab.desiredTasks('primary')).toBe(2);
  });

  it('gets its source back, which was stopped because its replica stood alone already', async () => {
    lab = await openModelledLab({ change: (plan) => stoppingSource(only('orders-service')(plan)) });
    lab.world
      .rds('eu-central-1')
      .patchInstance('orders-recovery', { ReadReplicaSourceDBInstanceIdentifier: undefined });
    // The replica cannot be promoted in this status: the run ends there, and Restore begins.
    lab.world.rds('eu-central-1').patchInstance('orders-recovery', { DBInstanceStatus: 'backing-up' });
    const seen: (string | undefined)[] = [];
    lab.world.intercept = ({ command }) => {
      if (command === 'StartDBInstance') seen.push(lab.substrate.databaseRole(source));
      return undefined;
    };
    const { error } = await lab.run('real-1');
    expect({ error, seen }).toEqual({ error: 'Stopped', seen: ['stopped'] });
    expect(lab.world.rds('eu-west-1').instance('orders-primary').DBInstanceStatus).toBe('available');
    expect(await toldBy(lab, 'real-1')).toContain('restore undone orders-db');
  });
});

describe('isolation that cannot be proven', () => {
  it('is what a closed door leaves: the run stops, and the door is open again', async () => {
    lab = await openModelledLab({ change: only() });
    const before = rulesNow();
    const { error } = await lab.run('real-1');
    const entries = await lab.coordination.journal.read('real-1');
    const refused = entries.find(({ event, step }) => step === 'isolate' && event === 'step-finished');
    expect({ error, refusal: refused?.refusal }).toEqual({ error: 'Stopped', refusal: 'isolation-unconfirmed' });
    expect(refused?.why).toMatch(/no new connection.*no fence of the plan could show it/);
    expect(rulesNow()).toEqual(before);
    expect(effectsOf(lab)).not.toContain('RDS PromoteReadReplica eu-central-1');
  });

  it('is what a source with a replica leaves: Survey refuses it before anything is changed', async () => {
    lab = await openModelledLab({ change: (plan) => stoppingSource(only('orders-service')(plan)) });
    const { error } = await lab.run('real-1');
    const entries = await lab.coordination.journal.read('real-1');
    const surveyed = entries.find(({ refusal }) => refusal === 'fence-unusable');
    expect({ error, step: surveyed?.step }).toEqual({ error: 'Stopped', step: 'survey' });
    expect(surveyed?.why).toContain('it has the read replica arn:aws:rds:eu-central-1:123456789012:db:orders-recovery');
    expect(effectsOf(lab).filter((effect) => !effect.startsWith('SNS'))).toEqual([]);
  });
});
