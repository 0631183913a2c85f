import { type DriftNote, importSteps } from '../../domain/drift.ts';
import type { Place, Side } from '../../domain/run.ts';
import type { Handover } from '../contract.ts';
import type { Seen, Standby } from './check.ts';
import { anyKeptName, builtTag } from './names.ts';
import type { Spec } from './spec.ts';

/**
 * The code knows the primary as the writer and the recovery as its replica, each as the instance that it created. A failover
 * changes the roles, a reprotect or failback puts another instance under the same name.
 */
export function driftOf(spec: Spec, { atRest, inCharge, seen }: Handover<Seen>): readonly DriftNote[] {
  return [inCharge, atRest].flatMap((side) => {
    const facts = seen[side.place]?.reverse;
    if (facts === undefined || !('standby' in facts)) return [];
    const known = { spec, side, isInCharge: side === inCharge };
    return facts.standby === 'absent'
      ? [absent(known)]
      : [...rebuilt(known, facts.standby), ...role(known, facts.standby)];
  });
}

interface Known {
  readonly spec: Spec;
  readonly side: Side;
  readonly isInCharge: boolean;
}

const objectOf = ({ side, spec }: Known): string => `DB instance ${spec[side.place].instance} in ${side.region}`;

const absent = (known: Known): DriftNote => ({
  object: objectOf(known),
  believes: 'it exists',
  is: 'there is no instance of this name',
  danger: 'an empty database is created under this name',
  terraform: [
    'do not apply: let understudy build the replica first (understudy reprotect), then run understudy drift again',
  ],
  cloudFormation: ['do not update the stack before that; drift detection will call it DELETED'],
});

/**
 * The id of an aws_db_instance is the DBI resource id since version 5 of the AWS provider: Terraform follows the instance, not
 * the name. A stack's physical id is the name.
 */
function rebuilt(known: Known, { resourceId, settings }: Standby): readonly DriftNote[] {
  const [mark, value] = Object.entries(builtTag)[0] ?? [];
  if (mark === undefined || settings.tags[mark] !== value) return [];
  const name = known.spec[known.side.place].instance;
  const kept = anyKeptName(name).replace('*', 'EPOCH');
  return [
    {
      object: objectOf(known),
      believes: 'it is the instance that the code created',
      is: `another one, ${resourceId}, built by understudy; the former one is kept as ${kept}`,
      danger: `Terraform follows the former one and renames ${kept} back to ${name}, which fails while that name is taken`,
      terraform: [
        'a removed block with from = aws_db_instance.NAME and lifecycle { destroy = false }, or terraform state rm: the former one is kept',
        `an import block with to = aws_db_instance.NAME and id = "${name}"`,
        'plan, and change the code until the plan is empty; never taint or replace it',
      ],
      cloudFormation: importSteps(`the AWS::RDS::DBInstance ${name}`),
    },
  ];
}

function role(known: Known, { sourceArn }: Standby): readonly DriftNote[] {
  if (isReplicaInCode(known.side.place) === (sourceArn !== undefined)) return [];
  return [sourceArn === undefined ? promoted(known) : replicating(known, sourceArn)];
}

const isReplicaInCode = (place: Place): boolean => place === 'recovery';

const promoted = (known: Known): DriftNote => ({
  object: objectOf(known),
  believes: 'it is a read replica',
  is: known.isInCharge ? 'it is the writer' : 'it stands alone',
  danger:
    'with replicate_source_db still in the code every apply fails (“cannot elect new source database for replication”); to taint or to replace it would destroy the only current data',
  terraform: [
    'remove replicate_source_db from its aws_db_instance; the plan must not touch the instance then',
    'set backup_retention_period to what it has: a writer is backed up',
    'add lifecycle { prevent_destroy = true } while you are at it',
  ],
  cloudFormation: [
    'do not just remove SourceDBInstanceIdentifier: an update would promote it again (earlier versions replaced it)',
    ...importSteps('the AWS::RDS::DBInstance'),
  ],
});

const replicating = (known: Known, sourceArn: string): DriftNote => ({
  object: objectOf(known),
  believes: 'it is the writer',
  is: `it is a read replica of ${sourceArn}`,
  danger: 'settings that a replica does not take (backups, name of the database, password) are applied to it, and fail',
  terraform: [
    `set replicate_source_db = "${sourceArn}"; leave out db_name, username and password`,
    'the plan must not touch the instance then; after the next failback remove it again',
  ],
  cloudFormation: importSteps('the AWS::RDS::DBInstance, with SourceDBInstanceIdentifier'),
});
