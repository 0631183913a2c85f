import type { ApiCall } from '../../lab/cloud/history.ts';
import type { ModelledLab } from '../../lab/modelled/modelled-lab.ts';
import { coordinationTable } from '../../lab/runtime.ts';
import { firstBreak } from '../../shared/coordination/hash-chain.ts';

/** What took effect outside the coordination table: `RDS PromoteReadReplica eu-central-1`, in order. */
export const effectsOf = ({ world }: ModelledLab): readonly string[] =>
  world.history
    .filter(isEffect)
    .map(({ command, endpointRegion, service }) => `${service} ${command} ${endpointRegion}`);

const isEffect = ({ applied, mutating, service }: ApiCall): boolean => applied && mutating && service !== 'DynamoDB';

/** What a run that recovers does to AWS, and nothing else. */
export const effectsOfARecovery = [
  'EC2 RevokeSecurityGroupIngress eu-west-1',
  'ECS UpdateService eu-central-1',
  'ECS UpdateService eu-west-1',
  'RDS PromoteReadReplica eu-central-1',
  'Route53 ChangeResourceRecordSets us-east-1',
  'SNS Publish eu-central-1',
];

/** The items of the coordination table by their keys, without the recorded facts. */
export const itemsOf = ({ world }: ModelledLab): readonly string[] =>
  world.dynamoDb
    .items(coordinationTable)
    .map(({ pk, sk }) => `${pk?.S} ${sk?.S}`)
    .filter((key) => !key.includes('facts#'));

/** The journal of a run as its steps tell it, and whether its chain holds. */
export async function toldBy(lab: ModelledLab, runId: string): Promise<readonly string[]> {
  const entries = await lab.coordination.journal.read(runId);
  const broken = firstBreak(entries);
  if (broken !== undefined) throw new Error(broken.why);
  return entries.map(({ event, resource = '', step }) => `${step} ${event} ${resource}`.trim());
}

/** The address that the application's public name leads to. */
export const publicAddress = ({ world }: ModelledLab): readonly string[] =>
  world.route53.answerQuestion({ name: 'orders.shop.test', type: 'A' }).answers.flatMap(({ values }) => values);
