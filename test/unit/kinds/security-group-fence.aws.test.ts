import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  EC2ServiceException,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/security-group-fence/aws.ts';
import type { Action, Rule } from '../../../shared/kinds/security-group-fence/check.ts';
import { Spec } from '../../../shared/kinds/security-group-fence/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { sampleRun } from '../../support/sample-run.ts';

const ec2 = mockClient(EC2Client);
const spec = Spec.parse({ primary: { securityGroup: 'sg-0000000a' }, recovery: { securityGroup: 'sg-0000000b' } });
const target: Target = { phase: 'isolate', run: sampleRun() };
const look = () => observe(spec, target, outsideOf());

const foreign = (name: string, more: { readonly status?: number; readonly attempts?: number } = {}): Error =>
  new EC2ServiceException({
    name,
    $fault: 'client',
    message: name,
    $metadata: { httpStatusCode: more.status ?? 400, attempts: more.attempts ?? 1 },
  });
const timeout = (): Error => Object.assign(new Error('no answer'), { name: 'TimeoutError' });

const shown = (id: string, more: SecurityGroupRule): SecurityGroupRule => ({
  SecurityGroupRuleId: id,
  GroupId: 'sg-0000000a',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  ...more,
});
const postgres = { protocol: 'tcp', fromPort: 5432, toPort: 5432 };

beforeEach(() => {
  ec2.reset();
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-0000000a' }] });
  ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [] });
});

describe('observe', () => {
  it('asks for the group and for its rules in the Region being left', async () => {
    expect(await look()).toEqual({ rules: [] });
    const [group] = ec2.commandCalls(DescribeSecurityGroupsCommand);
    const [rules] = ec2.commandCalls(DescribeSecurityGroupRulesCommand);
    expect(group?.args[0].input).toEqual({ GroupIds: ['sg-0000000a'] });
    expect(rules?.args[0].input).toMatchObject({
      Filters: [{ Name: 'group-id', Values: ['sg-0000000a'] }],
      MaxResults: 1000,
    });
    expect(await rules?.thisValue.config.region()).toBe('eu-west-1');
  });

  it.each<[string, SecurityGroupRule, Omit<Rule, 'id'>]>([
    ['an IPv4 range', { CidrIpv4: '10.0.0.0/16' }, { ...postgres, cidrIpv4: '10.0.0.0/16', tags: {} }],
    ['an IPv6 range', { CidrIpv6: '::/0' }, { ...postgres, cidrIpv6: '::/0', tags: {} }],
    ['a prefix list', { PrefixListId: 'pl-1' }, { ...postgres, prefixList: 'pl-1', tags: {} }],
    ['a group', { ReferencedGroupInfo: { GroupId: 'sg-2' } }, { ...postgres, group: { id: 'sg-2' }, tags: {} }],
    [
      'a group of a peer VPC',
      { ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '1', VpcPeeringConnectionId: 'pcx-1' } },
      { ...postgres, group: { id: 'sg-2', account: '1', peering: 'pcx-1' }, tags: {} },
    ],
    [
      'a description, and the tags that one may set, in their order',
      {
        CidrIpv4: '10.0.0.0/16',
        Description: 'web',
        Tags: [
          { Key: 'owner', Value: 'us' },
          { Key: 'env', Value: 'live' },
          { Key: 'aws:cloudformation:stack-name', Value: 'shop' },
        ],
      },
      { ...postgres, cidrIpv4: '10.0.0.0/16', description: 'web', tags: { env: 'live', owner: 'us' } },
    ],
  ])('keeps %s', async (_title, found, rule) => {
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [shown('sgr-1', found)] });
    expect(await look()).toEqual({ rules: [{ id: 'sgr-1', ...rule }] });
  });

  it('reads every page, and leaves outbound rules alone', async () => {
    ec2
      .on(DescribeSecurityGroupRulesCommand)
      .resolvesOnce({ SecurityGroupRules: [shown('sgr-2', { CidrIpv4: '10.0.0.0/8' })], NextToken: 'more' })
      .resolvesOnce({
        SecurityGroupRules: [shown('sgr-3', { IsEgress: true }), shown('sgr-1', { CidrIpv4: '10.0.0.0/9' })],
      });
    const { rules } = await look();
    expect(Array.isArray(rules) ? rules.map(({ id }) => id) : rules).toEqual(['sgr-1', 'sgr-2']);
    expect(ec2.commandCalls(DescribeSecurityGroupRulesCommand)[1]?.args[0].input).toMatchObject({ NextToken: 'more' });
  });

  it('does not read on for ever', async () => {
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [shown('sgr-1', {})], NextToken: 'more' });
    await expect(look()).rejects.toMatchObject({ name: 'TerminalError', code: 'TooManyRules' });
  });

  it.each<[string, Error, string]>([
    ['does not exist, although its empty list of rules is no error', foreign('InvalidGroup.NotFound'), 'absent'],
    ['does not answer', timeout(), 'unanswered'],
    ['is throttled', foreign('RequestLimitExceeded', { status: 503 }), 'unanswered'],
    ['fails', foreign('InternalError', { status: 500 }), 'unanswered'],
  ])('takes it for a fact that the group %s', async (_title, error, rules) => {
    ec2.on(DescribeSecurityGroupsCommand).rejects(error);
    expect(await look()).toEqual({ rules });
  });

  it('in scale asks the Region being activated, whose silence is no fact', async () => {
    const scale: Target = { ...target, phase: 'scale' };
    expect(await observe(spec, scale, outsideOf())).toEqual({ rules: [] });
    const [group] = ec2.commandCalls(DescribeSecurityGroupsCommand);
    expect(group?.args[0].input).toEqual({ GroupIds: ['sg-0000000b'] });
    expect(await group?.thisValue.config.region()).toBe('eu-central-1');
    ec2.on(DescribeSecurityGroupsCommand).rejects(timeout());
    await expect(observe(spec, scale, outsideOf())).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('does not take a missing permission for silence', async () => {
    ec2.on(DescribeSecurityGroupRulesCommand).rejects(foreign('UnauthorizedOperation', { status: 403 }));
    await expect(look()).rejects.toMatchObject({ name: 'TerminalError', code: 'UnauthorizedOperation' });
  });
});

describe('act', () => {
  const rules: readonly Rule[] = [
    { id: 'sgr-1', ...postgres, cidrIpv4: '10.0.0.0/16', description: 'web', tags: { env: 'live' } },
    { id: 'sgr-2', ...postgres, cidrIpv6: '::/0', tags: { env: 'live' } },
    { id: 'sgr-3', protocol: '-1', prefixList: 'pl-1', tags: { env: 'live' } },
    { id: 'sgr-4', ...postgres, group: { id: 'sg-2', account: '1', peering: 'pcx-1' }, tags: { env: 'live' } },
  ];
  const action = (verb: Action['verb'], some = rules): Action => ({
    type: verb,
    verb,
    at: 'from',
    securityGroup: 'sg-0000000a',
    rules: some,
  });
  const ask = (one: Action) => act(one, spec, target, outsideOf());

  it('revokes by the ids of the rules, in one call in the Region being left', async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true });
    await ask(action('revoke'));
    expect(ec2.calls()).toHaveLength(1);
    const [call] = ec2.commandCalls(RevokeSecurityGroupIngressCommand);
    const ids = ['sgr-1', 'sgr-2', 'sgr-3', 'sgr-4'];
    expect(call?.args[0].input).toEqual({ GroupId: 'sg-0000000a', SecurityGroupRuleIds: ids });
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });

  it('revokes what it has opened by what it lets in, in the Region being activated', async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true });
    const opened = rules.slice(0, 1).map((rule) => ({ ...rule, id: '' }));
    await ask({ ...action('revoke', opened), at: 'to', securityGroup: 'sg-0000000b' });
    const [call] = ec2.commandCalls(RevokeSecurityGroupIngressCommand);
    const permission = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.0.0.0/16' }] };
    expect(call?.args[0].input).toEqual({ GroupId: 'sg-0000000b', IpPermissions: [permission] });
    expect(await call?.thisValue.config.region()).toBe('eu-central-1');
  });

  it('authorizes every rule as it was, with its description and tags', async () => {
    ec2.on(AuthorizeSecurityGroupIngressCommand).resolves({ Return: true });
    await ask(action('authorize'));
    expect(ec2.calls()).toHaveLength(1);
    const ports = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };
    expect(ec2.commandCalls(AuthorizeSecurityGroupIngressCommand)[0]?.args[0].input).toEqual({
      GroupId: 'sg-0000000a',
      IpPermissions: [
        { ...ports, IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'web' }] },
        { ...ports, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] },
        { ...ports, UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '1', VpcPeeringConnectionId: 'pcx-1' }] },
      ],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'env', Value: 'live' }] }],
    });
  });

  it('sets no tags where there were none', async () => {
    ec2.on(AuthorizeSecurityGroupIngressCommand).resolves({ Return: true });
    await ask(action('authorize', [{ id: 'sgr-1', ...postgres, cidrIpv4: '10.0.0.0/16', tags: {} }]));
    const [call] = ec2.commandCalls(AuthorizeSecurityGroupIngressCommand);
    expect(call?.args[0].input).not.toHaveProperty('TagSpecifications');
  });

  const again = { name: 'TransientError', effect: 'none' };
  it.each<[string, Action['verb'], Error, object]>([
    ['a rule that is gone already', 'revoke', foreign('InvalidSecurityGroupRuleId.NotFound'), again],
    ['a permission that is gone already', 'revoke', foreign('InvalidPermission.NotFound'), again],
    ['a rule that is back already', 'authorize', foreign('InvalidPermission.Duplicate'), again],
    [
      'a rule that an earlier attempt may have revoked',
      'revoke',
      foreign('InvalidSecurityGroupRuleId.NotFound', { attempts: 2 }),
      { name: 'TransientError', effect: 'unknown' },
    ],
    ['throttling', 'revoke', foreign('RequestLimitExceeded'), again],
    ['no answer', 'revoke', timeout(), { name: 'TransientError', effect: 'unknown' }],
    ['a missing permission', 'revoke', foreign('UnauthorizedOperation', { status: 403 }), { name: 'TerminalError' }],
  ])('tells %s from what cannot be helped', async (_title, verb, error, failure) => {
    ec2.on(RevokeSecurityGroupIngressCommand).rejects(error);
    ec2.on(AuthorizeSecurityGroupIngressCommand).rejects(error);
    await expect(ask(action(verb))).rejects.toMatchObject(failure);
  });
});
