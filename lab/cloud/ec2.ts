import {
  type AuthorizeSecurityGroupIngressCommandInput,
  type DescribeSecurityGroupRulesCommandInput,
  type DescribeSecurityGroupsCommandInput,
  EC2ServiceException,
  type RevokeSecurityGroupIngressCommandInput,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { rulesIn, sourceOf } from './ec2/rules.ts';
import { arn, type Host, type Service } from './host.ts';

export interface SecurityGroupSeed {
  readonly id: string;
  readonly name: string;
  /** Inbound rules; besides them the group has EC2's own outbound rule that lets everything out. */
  readonly inbound: readonly Omit<SecurityGroupRule, 'SecurityGroupRuleId' | 'GroupId' | 'IsEgress'>[];
}

type Rule = SecurityGroupRule & { readonly SecurityGroupRuleId: string };
interface Group {
  readonly name: string;
  rules: readonly Rule[];
}

const outbound = { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0', IsEgress: true };

/**
 * Security groups of Amazon EC2 in one Region, as records: no connection passes them here. A group is never empty of all
 * rules unless somebody has removed the outbound one.
 */
export class Ec2 implements Service {
  readonly operations = {
    DescribeSecurityGroups: (input: DescribeSecurityGroupsCommandInput) => this.#describeGroups(input),
    DescribeSecurityGroupRules: (input: DescribeSecurityGroupRulesCommandInput) => this.#describeRules(input),
    RevokeSecurityGroupIngress: (input: RevokeSecurityGroupIngressCommandInput) => this.#revoke(input),
    AuthorizeSecurityGroupIngress: (input: AuthorizeSecurityGroupIngressCommandInput) => this.#authorize(input),
  };
  readonly #host: Host;
  readonly #region: string;
  readonly #groups = new Map<string, Group>();
  #ids = 0;

  constructor(host: Host, region: string) {
    this.#host = host;
    this.#region = region;
  }

  seedSecurityGroup({ id, inbound, name }: SecurityGroupSeed): void {
    const rules = [...inbound, outbound].map((rule) => this.#rule(id, structuredClone(rule)));
    this.#groups.set(id, { name, rules });
  }

  /** The inbound rules as they are now. */
  inbound(id: string): readonly SecurityGroupRule[] {
    return structuredClone(this.#find(id).rules.filter(isInbound));
  }

  #describeGroups({ GroupIds = [] }: DescribeSecurityGroupsCommandInput): { SecurityGroups: SecurityGroup[] } {
    const SecurityGroups = GroupIds.map((id) => ({ GroupId: id, GroupName: this.#find(id).name }));
    return { SecurityGroups };
  }

  /** A filter that matches nothing is no error. "This value can be between 5 and 1000." – API reference, MaxResults. */
  #describeRules({ Filters = [], MaxResults = 1000, NextToken = '' }: DescribeSecurityGroupRulesCommandInput) {
    if (MaxResults < 5 || MaxResults > 1000) throw failure('InvalidParameterValue', `MaxResults is ${MaxResults}`);
    const [filter, ...others] = Filters;
    if (filter?.Name !== 'group-id' || others.length > 0) throw failure('InvalidParameterValue', 'group-id only');
    const wanted = filter.Values ?? [];
    const all = [...this.#groups].flatMap(([id, { rules }]) => (wanted.includes(id) ? rules : []));
    const rest = all.filter(({ SecurityGroupRuleId: id }) => id > NextToken);
    const page = rest.slice(0, MaxResults);
    const last = page.at(-1);
    return {
      SecurityGroupRules: page,
      ...(rest.length > MaxResults && last !== undefined ? { NextToken: last.SecurityGroupRuleId } : {}),
    };
  }

  /**
   * All or nothing, by ids or by what the rules let in. The name of the error for a rule id that is not there is not in the
   * API's list of errors; for permissions of a group in a VPC it is InvalidPermission.NotFound (API reference).
   */
  #revoke({ GroupId = '', IpPermissions = [], SecurityGroupRuleIds = [] }: RevokeSecurityGroupIngressCommandInput) {
    const group = this.#find(GroupId);
    const ids = new Set(SecurityGroupRuleIds);
    const sources = new Set(rulesIn(IpPermissions).map(sourceOf));
    const among = group.rules.filter(isInbound);
    const byId = among.filter((rule) => ids.has(rule.SecurityGroupRuleId));
    const bySource = among.filter((rule) => sources.has(sourceOf(rule)));
    if (byId.length < ids.size) throw failure('InvalidSecurityGroupRuleId.NotFound', 'a rule does not exist');
    if (bySource.length < sources.size) throw failure('InvalidPermission.NotFound', 'a rule does not exist');
    const revoked = [...byId, ...bySource];
    group.rules = group.rules.filter((rule) => !revoked.includes(rule));
    // A revoked rule is told without its ARN, tags and reference.
    const told = revoked.map(
      ({ ReferencedGroupInfo: _info, SecurityGroupRuleArn: _arn, Tags: _tags, ...rule }) => rule,
    );
    return { Return: true, RevokedSecurityGroupRules: told };
  }

  /** All or nothing. Every rule of one call gets the same tags and an id that no rule had before. */
  #authorize({ GroupId = '', IpPermissions = [], TagSpecifications = [] }: AuthorizeSecurityGroupIngressCommandInput) {
    const group = this.#find(GroupId);
    const there = new Set(group.rules.filter(isInbound).map(sourceOf));
    const Tags = TagSpecifications.flatMap((one) => one.Tags ?? []);
    const added = rulesIn(IpPermissions).map((rule) =>
      this.#rule(GroupId, { ...rule, ...(Tags.length === 0 ? {} : { Tags }) }),
    );
    if (added.some((rule) => there.has(sourceOf(rule)))) {
      throw failure('InvalidPermission.Duplicate', 'the specified rule already exists');
    }
    group.rules = [...group.rules, ...added];
    return { Return: true, SecurityGroupRules: added };
  }

  #rule(GroupId: string, rule: SecurityGroupRule): Rule {
    const SecurityGroupRuleId = `sgr-${(++this.#ids).toString(16).padStart(17, '0')}`;
    const SecurityGroupRuleArn = arn(this.#host, this.#region, ['ec2', `security-group-rule/${SecurityGroupRuleId}`]);
    return { IsEgress: false, ...rule, SecurityGroupRuleId, SecurityGroupRuleArn, GroupId };
  }

  #find(id: string): Group {
    const group = this.#groups.get(id);
    if (group === undefined) throw failure('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
    return group;
  }
}

const isInbound = ({ IsEgress }: SecurityGroupRule): boolean => IsEgress !== true;

/** EC2 models no exceptions: the SDK throws its base class with the code as the name. */
const failure = (name: string, message: string): EC2ServiceException =>
  new EC2ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
