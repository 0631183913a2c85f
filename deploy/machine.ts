import { arn } from '../shared/domain/arn.ts';
import { stepIds } from '../shared/domain/phase.ts';
import { allow, att, functionId, pascal, type Resources, ref, role, sub } from './cloudformation.ts';
import { type Deployment, namesOf, regionOf } from './deployment.ts';
import { versionId } from './functions.ts';
import { customerKey, useKey } from './keys.ts';

/** Log groups of state machines must begin so: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const logPrefix = '/aws/vendedlogs/states/';
const logRetentionDays = 90;

/** The state machines of statemachines/, each file as it is: CloudFormation fills the placeholders. */
export function machineResources(deployment: Deployment): Resources {
  const machines = [...deployment.machines].map(([name, definition]) => machine(deployment, name, definition));
  return Object.assign({ MachineRole: role('states.amazonaws.com', runStatements(deployment)) }, ...machines);
}

function machine(deployment: Deployment, name: string, definition: string): Resources {
  const fullName = namesOf(deployment).machine(name);
  const log = `${pascal(name)}Log`;
  return {
    [log]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: `${logPrefix}${fullName}`,
        RetentionInDays: logRetentionDays,
        ...customerKey(deployment, 'KmsKeyId'),
      },
    },
    [machineId(name)]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: fullName,
        StateMachineType: 'STANDARD',
        RoleArn: att('MachineRole', 'Arn'),
        DefinitionString: definition,
        DefinitionSubstitutions: substitutions(deployment, definition),
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: {
          Level: 'ALL',
          IncludeExecutionData: true,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: att(log, 'Arn') } }],
        },
      },
    },
  };
}

const machineId = (name: string): string => `${pascal(name)}Machine`;

/** A running execution keeps the definition that it began with, and this names versions: docs/adr/0021. */
function substitutions(deployment: Deployment, definition: string): Readonly<Record<string, unknown>> {
  const placeholders = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
  return Object.fromEntries([...placeholders].map((name) => [name, ref(filling(deployment, name))]));
}

/** @throws Error when a definition asks for what is no step and not the topic */
function filling(deployment: Deployment, placeholder: string): string {
  if (placeholder === 'TopicArn') return 'Topic';
  const step = stepIds.find((id) => placeholder === `${pascal(id)}FunctionArn`);
  if (step === undefined) throw new Error(`a state machine asks for \${${placeholder}}, which is no step`);
  return versionId(deployment, step);
}

/**
 * Of each step every version, since runs that began with an older one go on with it. Log delivery and traces know no
 * resources: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html, …/dg/xray-iam.html
 */
function runStatements(deployment: Deployment) {
  const functions = stepIds.map((id) => sub(`\${${functionId(id)}.Arn}:*`));
  return [
    allow(['lambda:InvokeFunction'], functions),
    allow(['sns:Publish'], [ref('Topic')]),
    ...useKey(deployment),
    allow(logDelivery, ['*']),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']),
  ];
}

const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

export const executionArns = (deployment: Deployment, name: string, region = regionOf(deployment)): unknown =>
  sub(arn('states', region, `execution:${namesOf(deployment).machine(name)}:*`));
