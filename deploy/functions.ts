import { createHash } from 'node:crypto';
import { stepIds } from '../shared/domain/phase.ts';
import {
  att,
  type Extensions,
  functionId,
  logGroupId,
  pascal,
  type Resources,
  ref,
  role,
  sub,
} from './cloudformation.ts';
import { type Deployment, holdsData, namesOf } from './deployment.ts';
import { customerKey } from './keys.ts';
import { isAsynchronous, statementsOf } from './permissions.ts';
import { isScheduled } from './schedules.ts';
import { stepTimeoutSeconds } from './timeouts.ts';

/** What `functions:` of serverless.yml takes for one function. */
export interface PackagedFunction {
  readonly name: string;
  readonly handler: 'index.handler';
  readonly role: unknown;
  readonly memorySize: number;
  readonly timeout: number;
  readonly package: { readonly artifact: string };
}

/** Where the bundle of a function lies once it is built, from the root of the project. */
export const artifactOf = (name: string): string => `dist/functions/${name}.zip`;

/** The witness holds no data and starts no runs: it only observes. */
const observing: readonly string[] = ['probe'];

export const functionsAt = ({ functions, site }: Deployment): readonly string[] =>
  [...functions.keys()].filter((name) => holdsData(site) || observing.includes(name)).sort();

/**
 * From 1,769 MB on a function has a whole vCPU; a run invokes each step a few times, so it costs next to nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const wholeCpu = 1769;

interface Settings {
  readonly memorySize: number;
  readonly timeout: number;
}

const settings: Readonly<Record<string, Settings>> = {
  // Its task has 60 s.
  notify: { memorySize: wholeCpu, timeout: 50 },
  trigger: { memorySize: wholeCpu, timeout: 30 },
  // They wait for most of their minute, all day long: memory is what they cost.
  probe: { memorySize: 256, timeout: 90 },
  guard: { memorySize: 256, timeout: 90 },
  'take-over': { memorySize: 256, timeout: 90 },
  evaluate: { memorySize: 512, timeout: 290 },
};

const settingsOf = (name: string, { plan }: Deployment): Settings =>
  settings[name] ?? { memorySize: wholeCpu, timeout: stepTimeoutSeconds(name, plan) };

export function packagedFunctions(deployment: Deployment): Readonly<Record<string, PackagedFunction>> {
  const names = namesOf(deployment);
  const entries = functionsAt(deployment).map((name) => [
    name,
    {
      name: names.function(name),
      handler: 'index.handler' as const,
      // Composed, because osls adds a dependency that is there already to what it is given by name.
      role: sub(`\${${roleId(name)}.Arn}`),
      ...settingsOf(name, deployment),
      package: { artifact: artifactOf(name) },
    },
  ]);
  return Object.fromEntries(entries);
}

const roleId = (name: string): string => `${pascal(name)}Role`;

/**
 * What belongs to the functions of this Region: a role each, the version that the state machine pins, and what becomes of
 * an event that could not be served.
 */
export function functionResources(deployment: Deployment): Resources {
  const names = functionsAt(deployment);
  const roles = names.map((name) => [roleId(name), role('lambda.amazonaws.com', statementsOf(deployment, name))]);
  const versions = names.filter(isStep).map((name) => [versionId(deployment, name), versionOf(name)]);
  const asynchronous = names.filter(isAsynchronous).map((name) => [`${pascal(name)}Invocations`, invocations(name)]);
  return Object.fromEntries([...roles, ...versions, ...asynchronous]);
}

/** The key of one's own for the logs of functions: osls makes their groups, and has no word for it. */
export function functionLogKeys(deployment: Deployment): Extensions {
  if (deployment.parameters.encryption === 'aws') return {};
  const key = { Properties: customerKey(deployment, 'KmsKeyId') };
  return Object.fromEntries(functionsAt(deployment).map((name) => [logGroupId(name), key]));
}

const isStep = (name: string): boolean => stepIds.some((id) => id === name);

/** Named by what is in it: other code or settings are another version, and the same ones are none. */
export function versionId(deployment: Deployment, name: string): string {
  const content = JSON.stringify([deployment.functions.get(name), settingsOf(name, deployment)]);
  return `${pascal(name)}Version${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

/** Kept when a newer one replaces it: a run that began with it still invokes it. */
const versionOf = (name: string) => ({
  Type: 'AWS::Lambda::Version',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: { FunctionName: ref(functionId(name)) },
});

/** An alarm may come late and must not be lost; what a schedule asked for is asked for again by the next one. */
function invocations(name: string) {
  const [attempts, ageSeconds] = isScheduled(name) ? [0, 60] : [2, 3600];
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(functionId(name)),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: attempts,
      MaximumEventAgeInSeconds: ageSeconds,
      DestinationConfig: { OnFailure: { Destination: att('DeadLetters', 'Arn') } },
    },
  };
}
