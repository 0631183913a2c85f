import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  paginateDescribeSecurityGroupRules,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { converted, effectOfRefused } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Target } from '../contract.ts';
import type { Action, Facts, Rule } from './check.ts';
import type { Spec } from './spec.ts';

/** A group has 60 inbound rules, or 1,000 where the quota was raised as far as it goes; a page holds 1,000 of both kinds. */
const limits = { pageSize: 1000, pages: 3 } as const;

/**
 * The rules are asked for by a filter, and a filter that matches nothing is no error: only DescribeSecurityGroups tells a
 * group without rules from one that is not there.
 */
export async function observe(spec: Spec, { phase, run }: Target, outside: Outside): Promise<Facts> {
  const { region, place } = phase === 'isolate' ? run.from : run.to;
  const { securityGroup } = spec[place];
  const client = outside.client(EC2Client, region);
  const command = new DescribeSecurityGroupsCommand({ GroupIds: [securityGroup] });
  try {
    const [, rules] = await converted(`describing ${securityGroup} in ${region}`, () =>
      Promise.all([client.send(command), inboundRules(client, securityGroup)]),
    );
    return { rules };
  } catch (error) {
    if (hasCode(error, 'InvalidGroup.NotFound', 'InvalidGroupId.Malformed')) return { rules: 'absent' };
    // Silence, throttling or 5xx: in a Region that fails, each means that the door is not known to be closed.
    if (phase === 'isolate' && error instanceof TransientError) return { rules: 'unanswered' };
    throw error;
  }
}

/** @throws TransientError when the rules are not those that were seen any more: look again. */
export async function act(action: Action, _spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const { at, rules, securityGroup, verb } = action;
  const { region } = run[at];
  const client = outside.client(EC2Client, region);
  try {
    await converted(`${verb} ${rules.length} inbound rules of ${securityGroup} in ${region}`, async () =>
      verb === 'authorize' ? client.send(authorize(action)) : client.send(revoke(action)),
    );
  } catch (error) {
    throw changedMeanwhile(error);
  }
}

/** By their ids; rules that were opened by this run have ids that nobody knows, so they are named by what they let in. */
function revoke({ rules, securityGroup: GroupId }: Action): RevokeSecurityGroupIngressCommand {
  const ids = rules.map(({ id }) => id);
  if (!ids.includes('')) return new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids });
  const IpPermissions = rules.map(({ description: _description, ...rule }) => toPermission(rule));
  return new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions });
}

async function inboundRules(client: EC2Client, securityGroup: string): Promise<readonly Rule[]> {
  const query = { Filters: [{ Name: 'group-id', Values: [securityGroup] }] };
  const rules: Rule[] = [];
  let pages = 0;
  for await (const { SecurityGroupRules = [] } of paginateDescribeSecurityGroupRules(
    { client, pageSize: limits.pageSize },
    query,
  )) {
    rules.push(...SecurityGroupRules.filter(({ IsEgress }) => IsEgress !== true).map(toRule));
    pages += 1;
    if (pages > limits.pages) {
      throw new TerminalError(`${securityGroup} has more rules than EC2 allows`, { code: 'TooManyRules' });
    }
  }
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function toRule(found: SecurityGroupRule): Rule {
  const { CidrIpv4, CidrIpv6, Description, FromPort, PrefixListId, ReferencedGroupInfo, ToPort } = found;
  const { GroupId, UserId, VpcPeeringConnectionId } = ReferencedGroupInfo ?? {};
  return {
    id: found.SecurityGroupRuleId ?? '',
    protocol: found.IpProtocol ?? '-1',
    ...(FromPort === undefined ? {} : { fromPort: FromPort }),
    ...(ToPort === undefined ? {} : { toPort: ToPort }),
    ...(CidrIpv4 ? { cidrIpv4: CidrIpv4 } : {}),
    ...(CidrIpv6 ? { cidrIpv6: CidrIpv6 } : {}),
    ...(PrefixListId ? { prefixList: PrefixListId } : {}),
    ...(GroupId
      ? {
          group: {
            id: GroupId,
            ...(UserId ? { account: UserId } : {}),
            ...(VpcPeeringConnectionId ? { peering: VpcPeeringConnectionId } : {}),
          },
        }
      : {}),
    ...(Description ? { description: Description } : {}),
    tags: tagsOf(found),
  };
}

function tagsOf({ Tags = [] }: SecurityGroupRule): Rule['tags'] {
  const settable = Tags.map(({ Key = '', Value = '' }) => [Key, Value] as const).filter(
    ([key]) => !key.startsWith('aws:'),
  );
  return Object.fromEntries(settable.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function authorize({ rules, securityGroup }: Action): AuthorizeSecurityGroupIngressCommand {
  const Tags = Object.entries(rules[0]?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  return new AuthorizeSecurityGroupIngressCommand({
    GroupId: securityGroup,
    IpPermissions: rules.map(toPermission),
    ...(Tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: 'security-group-rule', Tags }] }),
  });
}

function toPermission({ cidrIpv4, cidrIpv6, description, group, prefixList, ...rule }: Rule): IpPermission {
  const Description = description === undefined ? {} : { Description: description };
  return {
    IpProtocol: rule.protocol,
    ...(rule.fromPort === undefined ? {} : { FromPort: rule.fromPort }),
    ...(rule.toPort === undefined ? {} : { ToPort: rule.toPort }),
    ...(cidrIpv4 === undefined ? {} : { IpRanges: [{ CidrIp: cidrIpv4, ...Description }] }),
    ...(cidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: cidrIpv6, ...Description }] }),
    ...(prefixList === undefined ? {} : { PrefixListIds: [{ PrefixListId: prefixList, ...Description }] }),
    ...(group === undefined ? {} : { UserIdGroupPairs: [{ ...toPair(group), ...Description }] }),
  };
}

const toPair = ({ account, id, peering }: NonNullable<Rule['group']>) => ({
  GroupId: id,
  ...(account === undefined ? {} : { UserId: account }),
  ...(peering === undefined ? {} : { VpcPeeringConnectionId: peering }),
});

/** A rule that is gone already, or back already: an earlier call may have done it, or somebody else. The next look tells. */
function changedMeanwhile(error: unknown): unknown {
  const names = ['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound', 'InvalidPermission.Duplicate'];
  if (!hasCode(error, ...names) || !(error instanceof TerminalError)) return error;
  const { cause, code, message } = error;
  return new TransientError(message, { code, effect: effectOfRefused(cause), cause });
}
