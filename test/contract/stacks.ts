import * as z from 'zod';
import { functionNames } from '../../deploy/bundles.ts';
import { type Deployment, type Parameters, type Site, sites } from '../../deploy/deployment.ts';
import { deploymentOf } from '../../deploy/load.ts';
import { type Stack, stackOf } from '../../deploy/stack.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { textOf } from './files.ts';

const examplePath = 'plans/example.plan.yml';
export const example = await loadPlan(examplePath, textOf(examplePath));

/** As in serverless.yml. */
export const parameters: Parameters = {
  consistency: 'strong',
  encryption: 'aws',
  dashboard: 'on',
  gameDaySubnets: 'none',
};

interface Changed {
  readonly parameters?: Partial<Parameters>;
  readonly hashes?: Readonly<Record<string, string>>;
  readonly plan?: Deployment['plan'];
}

const noHashes = Object.fromEntries(functionNames().map((name) => [name, `hash of ${name}`]));

/** The stack of the example in one of its Regions. */
export const stackAt = async (site: Site, changed: Changed = {}): Promise<Stack> =>
  stackOf(await deploymentAt(site, changed));

export async function deploymentAt(site: Site, changed: Changed = {}): Promise<Deployment> {
  const { hashes = noHashes, plan = example } = changed;
  return deploymentOf({ stage: 'prod', plan, hashes }, site, { ...parameters, ...changed.parameters });
}

const all = await Promise.all(sites.map(async (site) => [site, await stackAt(site)] as const));
export const stacks = Object.fromEntries(all) as Readonly<Record<Site, Stack>>;

/** How a value is written that CloudFormation fills in: `!GetAtt A.Arn` → `A.Arn`. */
const Text = z.union([
  z.string(),
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ 'Fn::Sub': z.string() }).transform((value) => value['Fn::Sub']),
  z.object({ 'Fn::GetAtt': z.array(z.string()) }).transform((value) => value['Fn::GetAtt'].join('.')),
]);

const Statement = z.strictObject({
  Effect: z.literal('Allow'),
  Action: z.array(z.string()),
  Resource: z.array(Text),
  Condition: z.unknown().optional(),
});
export type Statement = z.infer<typeof Statement>;

const Document = z.object({ Statement: z.array(Statement) });
const Role = z.object({ Properties: z.object({ Policies: z.array(z.object({ PolicyDocument: Document })) }) });
const Policy = z.object({ Properties: z.object({ PolicyDocument: Document }) });

/** What a role or a managed policy of a stack allows. */
export function statementsIn(stack: Stack, logicalId: string): readonly Statement[] {
  const resource = stack.resources.Resources[logicalId];
  if (resource?.Type === 'AWS::IAM::ManagedPolicy') return Policy.parse(resource).Properties.PolicyDocument.Statement;
  return Role.parse(resource).Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export const idsOfType = ({ resources }: Stack, type: string): readonly string[] =>
  Object.entries(resources.Resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []));

/** The properties of every resource of a type. */
export const ofType = (stack: Stack, type: string): readonly Readonly<Record<string, unknown>>[] =>
  idsOfType(stack, type).map((id) => stack.resources.Resources[id]?.Properties ?? {});
