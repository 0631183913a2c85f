/** As much of a CloudFormation template as is derived here. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
}
export type Resources = Readonly<Record<string, Resource>>;

/** What is added to resources that osls makes by itself. */
export type Extensions = Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;

export const ref = (logicalId: string) => ({ Ref: logicalId });
export const att = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });

/** A text with the pseudo parameters of CloudFormation in it, such as an ARN. */
export const sub = (text: string): unknown => (text.includes('${') ? { 'Fn::Sub': text } : text);

/** `flip-dns` → `FlipDns`: logical ids have letters and digits only. */
export const pascal = (id: string): string =>
  id.replaceAll(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** How osls calls the resource of a function: `flip-dns` → `FlipDashdnsLambdaFunction`. */
export const functionId = (name: string): string => `${spelledByOsls(name)}LambdaFunction`;

/** And that of its log group, which osls makes. */
export const logGroupId = (name: string): string => `${spelledByOsls(name)}LogGroup`;

function spelledByOsls(name: string): string {
  const spelled = name.replaceAll('-', 'Dash');
  return `${spelled.charAt(0).toUpperCase()}${spelled.slice(1)}`;
}

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export const allow = (
  actions: readonly string[],
  resources: readonly unknown[],
  condition?: Statement['Condition'],
): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...(condition === undefined ? {} : { Condition: condition }),
});

/** A role for one AWS service, and the one policy that it has. */
export const role = (service: string, statements: readonly Statement[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
