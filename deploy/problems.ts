import { phases } from '../shared/domain/phase.ts';
import type { Plan } from '../shared/domain/plan.ts';
import { places } from '../shared/domain/run.ts';
import type { PlanProblem } from '../shared/plan/plan-problems.ts';
import { finestPeriodSeconds, periodSecondsOf } from './alarms.ts';
import { type Deployment, namesOf, sites } from './deployment.ts';
import { stepTimeoutSeconds } from './timeouts.ts';

/**
 * Regions between which a strongly consistent table can be.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-globaltablewitness.html
 */
const regionSets: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName). */
const functionNameMax = 64;

type Wanted = Pick<Deployment, 'plan' | 'stage' | 'parameters'> & { readonly functions: readonly string[] };

/** Why a valid plan cannot be deployed like this; all reasons, and before anything is built or created. */
export function deploymentProblems(wanted: Wanted): readonly PlanProblem[] {
  return [
    ...consistencyProblems(wanted),
    ...nameProblems(wanted),
    ...takeOverProblems(wanted.plan),
    ...signalProblems(wanted.plan),
    ...topicProblems(wanted.plan),
  ];
}

function consistencyProblems({ parameters, plan }: Wanted): readonly PlanProblem[] {
  const regions = sites.map((site) => plan.regions[site]);
  if (parameters.consistency === 'eventual') return [];
  if (regionSets.some((set) => regions.every((region) => set.includes(region)))) return [];
  return [
    {
      path: 'regions',
      problem: `${regions.join(', ')} are not of one set, and a strongly consistent table needs that`,
      remedy: `take three of ${regionSets.map((set) => set.join(', ')).join('; or of ')}; or deploy with --consistency eventual, whose weaker guarantee docs/deploy.md explains`,
    },
  ];
}

function nameProblems({ functions, plan, stage }: Wanted): readonly PlanProblem[] {
  if (!/^[a-z][a-z0-9]{0,19}$/.test(stage)) {
    const problem = `${stage} is no name of a stage`;
    return [{ path: '--stage', problem, remedy: 'use lower-case letters and digits, at most 20' }];
  }
  const longest = functions.toSorted((a, b) => b.length - a.length)[0] ?? '';
  const name = namesOf({ plan, stage }).function(longest);
  if (name.length <= functionNameMax) return [];
  const over = name.length - functionNameMax;
  return [
    {
      path: 'application',
      problem: `${name} is longer than the ${functionNameMax} characters that the name of a function may have`,
      remedy: `shorten the application or the stage by ${over}`,
    },
  ];
}

/** A process that has stood still must be gone before another run may act: Lambda ends it, and nothing else does. */
function takeOverProblems(plan: Plan): readonly PlanProblem[] {
  const { lease, takeOverAfterSeconds } = plan.policy;
  const seconds = Math.max(...phases.map((phase) => stepTimeoutSeconds(phase, plan)));
  const skewSeconds = lease?.skewSeconds ?? 0;
  if (takeOverAfterSeconds > seconds + skewSeconds) return [];
  const sum = `${seconds} s (the timeout of its function) + ${skewSeconds} s (skew) = ${seconds + skewSeconds} s`;
  return [
    {
      path: 'policy.takeOverAfterSeconds',
      problem: `a process of the run may act until ${sum} after its last sign of life, and the run is taken over after ${takeOverAfterSeconds} s`,
      remedy: `give more than ${seconds + skewSeconds} s, or shorten pace.patienceSeconds and policy.isolation.patienceSeconds`,
    },
  ];
}

function signalProblems({ detection }: Plan): readonly PlanProblem[] {
  return detection.signals.flatMap(({ kind, windowSeconds }, index) => {
    if (kind !== 'probe' || windowSeconds % periodSecondsOf({ windowSeconds }) === 0) return [];
    const remedy = `give a multiple of ${finestPeriodSeconds} s`;
    const problem = `${windowSeconds} s are no whole periods of an alarm`;
    return [{ path: `detection.signals[${index}].windowSeconds`, problem, remedy }];
  });
}

/** A plan that was copied from other Regions shows here: everything else in it is found by its Region. */
function topicProblems({ notifications, regions }: Plan): readonly PlanProblem[] {
  return notifications.flatMap((notification, index) =>
    places.flatMap((place) => {
      const region = notification[place].split(':')[3] ?? '';
      if (region === regions[place]) return [];
      const problem = `this topic is in ${region}, but ${place} is ${regions[place]}`;
      return [{ path: `notifications[${index}].${place}`, problem, remedy: `name a topic in ${regions[place]}` }];
    }),
  );
}
