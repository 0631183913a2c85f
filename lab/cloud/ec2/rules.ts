import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';

/** A permission may name many sources; EC2 makes one rule of each. */
export function rulesIn(permissions: readonly IpPermission[]): readonly SecurityGroupRule[] {
  return permissions.flatMap(({ FromPort, IpProtocol, ToPort, ...sources }) => {
    const ports = {
      IpProtocol,
      ...(FromPort === undefined ? {} : { FromPort }),
      ...(ToPort === undefined ? {} : { ToPort }),
    };
    return sourcesIn(sources).map((source) => ({ ...ports, ...source }));
  });
}

type Sources = Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>;

function sourcesIn(from: Sources): readonly SecurityGroupRule[] {
  const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = from;
  return [
    ...IpRanges.map(({ CidrIp, ...rest }) => ({ CidrIpv4: CidrIp, ...rest })),
    ...Ipv6Ranges,
    ...PrefixListIds,
    ...UserIdGroupPairs.map(({ Description, GroupId, UserId, VpcPeeringConnectionId }) => ({
      ReferencedGroupInfo: {
        GroupId,
        ...(UserId === undefined ? {} : { UserId }),
        ...(VpcPeeringConnectionId === undefined ? {} : { VpcPeeringConnectionId }),
      },
      ...(Description === undefined ? {} : { Description }),
    })),
  ];
}

/** What makes two rules the same: protocol, ports and source, not the description. */
export function sourceOf(rule: SecurityGroupRule): string {
  const { CidrIpv4, CidrIpv6, FromPort, IpProtocol, PrefixListId, ReferencedGroupInfo, ToPort } = rule;
  const source = CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? ReferencedGroupInfo?.GroupId;
  return [IpProtocol, FromPort ?? -1, ToPort ?? -1, source].join(' ');
}
