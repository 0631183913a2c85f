import { phases } from '../shared/domain/phase.ts';
import { places } from '../shared/domain/run.ts';
import { allow, type Resource, type Resources, type Statement } from './cloudformation.ts';
import { type Deployment, namesOf } from './deployment.ts';
import { executionArns } from './machine.ts';
import { kindStatements, machineArn, tableArn, toRead } from './permissions.ts';

/**
 * What people may do, in three parts to attach to their roles: look, start and stop runs, decide. Policies are global and
 * both Regions are named in them, so the stack of the primary Region alone makes them.
 */
export function operatorResources(deployment: Deployment): Resources {
  if (deployment.site !== 'primary') return {};
  return {
    ReadPolicy: policy(deployment, 'read', readStatements(deployment)),
    OperatePolicy: policy(deployment, 'operate', operateStatements(deployment)),
    ApprovePolicy: policy(deployment, 'approve', approveStatements(deployment)),
  };
}

const policy = (deployment: Deployment, name: string, statements: readonly Statement[]): Resource => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    ManagedPolicyName: namesOf(deployment).policy(name),
    PolicyDocument: { Version: '2012-10-17', Statement: statements },
  },
});

const everywhere = <T>({ plan }: Deployment, of: (region: string) => T): readonly T[] =>
  places.map((place) => of(plan.regions[place]));

const machines = (deployment: Deployment): readonly unknown[] =>
  [...deployment.machines.keys()].flatMap((name) =>
    everywhere(deployment, (region) => machineArn(deployment, name, region)),
  );

const executions = (deployment: Deployment): readonly unknown[] =>
  [...deployment.machines.keys()].flatMap((name) =>
    everywhere(deployment, (region) => executionArns(deployment, name, region)),
  );

const tables = (deployment: Deployment): readonly unknown[] =>
  everywhere(deployment, (region) => tableArn(deployment, region));

/** Runs, journal and alarms; and what a rehearsal looks at (`npm run -s rehearse`), with the caller's own credentials. */
const readStatements = (deployment: Deployment): readonly Statement[] => [
  allow(['states:DescribeStateMachine', 'states:ListExecutions'], machines(deployment)),
  allow(['states:DescribeExecution', 'states:GetExecutionHistory'], executions(deployment)),
  allow(['dynamodb:GetItem', 'dynamodb:Query'], tables(deployment)),
  allow(['cloudwatch:DescribeAlarms'], ['*']),
  ...kindStatements(deployment, phases, toRead),
];

/**
 * Also the kill switch, and the lock with it: acknowledging a run is written there. Whoever may start and stop runs may
 * halt those that start by themselves, and let them start again.
 */
const operateStatements = (deployment: Deployment): readonly Statement[] => [
  allow(['states:ListStateMachines'], ['*']),
  allow(['states:StartExecution'], machines(deployment)),
  allow(['states:StopExecution'], executions(deployment)),
  writeItems(deployment, [`kill-switch#${deployment.plan.application}`, `application#${deployment.plan.application}`]),
];

/** Answers to what a run asks, and what to do with one that is held. */
const approveStatements = (deployment: Deployment): readonly Statement[] => [writeItems(deployment, ['directives#*'])];

/**
 * Nothing in the table but the items of these partitions; the journal is never among them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html (dynamodb:LeadingKeys)
 */
const writeItems = (deployment: Deployment, partitions: readonly string[]): Statement =>
  allow(['dynamodb:PutItem'], tables(deployment), {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
  });
