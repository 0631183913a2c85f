import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  paginateDescribeSecurityGroupRules,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { collect, connect, makeBench, primary } from './support.ts';

const GroupId = 'sg-0000000a';
const ofGroup = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
const postgres = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };

function withGroup(rules = 1) {
  const { world } = makeBench();
  const inbound = Array.from({ length: rules }, (_, index) => ({ ...postgres, CidrIpv4: `10.0.${index}.0/24` }));
  world.ec2(primary).seedSecurityGroup({ id: GroupId, name: 'orders-db', inbound });
  return { world, client: connect(EC2Client, world, { region: primary }) };
}

test('a group shows its inbound rules and the outbound one that EC2 gives it', async () => {
  const { client } = withGroup();
  const { SecurityGroupRules } = await client.send(new DescribeSecurityGroupRulesCommand(ofGroup));
  expect(SecurityGroupRules).toMatchObject([
    { GroupId, IsEgress: false, ...postgres, CidrIpv4: '10.0.0.0/24' },
    { GroupId, IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
  ]);
});

test('only DescribeSecurityGroups tells that a group is not there: a filter just matches nothing', async () => {
  const { client } = withGroup();
  const Filters = [{ Name: 'group-id', Values: ['sg-99999999'] }];
  const { SecurityGroupRules } = await client.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  expect(SecurityGroupRules).toEqual([]);
  const described = client.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-99999999'] }));
  await expect(described).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
});

test('the SDK paginator sees every rule once', async () => {
  const { client } = withGroup(11);
  const pages = await collect(paginateDescribeSecurityGroupRules({ client, pageSize: 5 }, ofGroup));
  expect(pages.map((page) => page.SecurityGroupRules?.length)).toEqual([5, 5, 2]);
  const ids = pages.flatMap((page) => page.SecurityGroupRules?.map((one) => one.SecurityGroupRuleId));
  expect(new Set(ids).size).toBe(12);
});

test('revoking is all or nothing', async () => {
  const { client, world } = withGroup(2);
  const [first, second] = world
    .ec2(primary)
    .inbound(GroupId)
    .map((one) => one.SecurityGroupRuleId ?? '');
  const revoke = (...ids: (string | undefined)[]) =>
    client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids.map((id) => id ?? '') }));
  await expect(revoke(first, 'sgr-nothing')).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
  expect(world.ec2(primary).inbound(GroupId)).toHaveLength(2);
  await revoke(first, second);
  expect(world.ec2(primary).inbound(GroupId)).toEqual([]);
});

test('rules are revoked by what they let in as well, all of them or none', async () => {
  const { client, world } = withGroup();
  const revoke = (...CidrIps: readonly string[]) => {
    const IpRanges = CidrIps.map((CidrIp) => ({ CidrIp }));
    return client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [{ ...postgres, IpRanges }] }));
  };
  await expect(revoke('10.0.0.0/24', '10.9.0.0/24')).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
  expect(world.ec2(primary).inbound(GroupId)).toHaveLength(1);
  await revoke('10.0.0.0/24');
  expect(world.ec2(primary).inbound(GroupId)).toEqual([]);
});

test('a rule that is authorized again has a new id, and the tags of its call', async () => {
  const { client, world } = withGroup();
  const [before] = world.ec2(primary).inbound(GroupId);
  const IpRanges = [{ CidrIp: '10.9.0.0/24', Description: 'web' }];
  const tags = { ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'env', Value: 'live' }] };
  const IpPermissions = [{ ...postgres, IpRanges }];
  await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, TagSpecifications: [tags] }));
  const added = world.ec2(primary).inbound(GroupId)[1];
  expect(added).toMatchObject({ ...postgres, CidrIpv4: '10.9.0.0/24', Description: 'web', Tags: tags.Tags });
  expect(added?.SecurityGroupRuleId).not.toBe(before?.SecurityGroupRuleId);
});

test('a rule that is there is not authorized again, whatever its description, and neither is any other of the call', async () => {
  const { client, world } = withGroup();
  const IpRanges = [{ CidrIp: '10.0.0.0/24', Description: 'twice' }, { CidrIp: '10.9.0.0/24' }];
  const call = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [{ ...postgres, IpRanges }] });
  await expect(client.send(call)).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
  expect(world.ec2(primary).inbound(GroupId)).toHaveLength(1);
});
