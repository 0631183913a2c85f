import { type DriftNote, leaveUnchanged } from '../../domain/drift.ts';
import type { Side } from '../../domain/run.ts';
import type { Handover } from '../contract.ts';
import type { Facts } from './check.ts';
import type { Spec } from './spec.ts';

/** The closed door of the Region at rest, and rules that have new ids since they were opened again. */
export function driftOf(spec: Spec, { atRest, inCharge, seen }: Handover<Facts>): readonly DriftNote[] {
  const facts = seen[inCharge.place];
  return [...closedDoor(spec, atRest, facts?.isolate), ...openedAgain(spec, inCharge, facts?.scale)];
}

function closedDoor(spec: Spec, { place, region }: Side, facts: Facts | undefined): readonly DriftNote[] {
  if (!Array.isArray(facts?.rules) || facts.rules.length > 0) return [];
  return [
    {
      object: `security group ${spec[place].securityGroup} in ${region}`,
      believes: 'it lets the application in',
      is: 'it has no inbound rule: the door was closed when the charge moved',
      danger:
        'the door of a database is opened that may hold old data, and what is left of the old application writes there',
      terraform: [
        `do not apply what declares its rules before ${region} is in charge again or re-protected: understudy opens the door itself`,
        'until then keep them out of a plan, for example with -exclude or a variable that counts them to 0',
      ],
      cloudFormation: [leaveUnchanged('SecurityGroupIngress')],
    },
  ];
}

/** Only rules that are objects of their own are known by id. Whether they were opened again cannot be seen. */
function openedAgain(spec: Spec, { place, region }: Side, facts: Facts | undefined): readonly DriftNote[] {
  if (place !== 'primary' || !Array.isArray(facts?.rules) || facts.rules.length === 0) return [];
  const ids = facts.rules.map(({ id }) => id).join(', ');
  return [
    {
      object: `inbound rules of ${spec[place].securityGroup} in ${region}`,
      believes: 'they have the ids with which they were created',
      is: `they are ${ids}: new ids, if a run has closed and opened this door`,
      danger:
        'aws_vpc_security_group_ingress_rule finds its id gone and creates the rule again: InvalidPermission.Duplicate',
      terraform: [
        'terraform state rm each aws_vpc_security_group_ingress_rule whose id is gone, and terraform import it with its new id',
        'rules inside aws_security_group, and aws_security_group_rule, are not known by id: nothing to do',
      ],
      cloudFormation: [
        'AWS::EC2::SecurityGroupIngress of its own: import it again with its new id; inside AWS::EC2::SecurityGroup: nothing to do',
      ],
    },
  ];
}
