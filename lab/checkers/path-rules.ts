import type { ApiCall } from '../cloud/history.ts';

/** A call that a step may make although it leads where no step should have to go. */
export interface Exception {
  /** Steps by name; absent: any. */
  readonly steps?: readonly string[];
  readonly service: string;
  readonly commands: readonly string[];
  /** Of these calls only such; absent: all. */
  readonly only?: (input: unknown) => boolean;
  readonly why: string;
}

/** The whole list. What is not here must neither go to the Region being left nor to a global control plane. */
export const exceptions: readonly Exception[] = [
  {
    steps: ['survey', 'isolate', 'restore'],
    service: 'ECS',
    commands: ['DescribeServices', 'UpdateService'],
    why: 'fences the Region being left, bounded by policy.isolation.patienceSeconds, and takes the fence back; its silence is a fact',
  },
  {
    steps: ['survey', 'isolate', 'restore'],
    service: 'EC2',
    commands: [
      'DescribeSecurityGroups',
      'DescribeSecurityGroupRules',
      'RevokeSecurityGroupIngress',
      'AuthorizeSecurityGroupIngress',
    ],
    why: 'closes the doors of the Region being left as a fence, within the same bound, and opens them again',
  },
  {
    steps: ['survey', 'isolate', 'restore'],
    service: 'RDS',
    commands: ['DescribeDBInstances', 'StopDBInstance', 'StartDBInstance'],
    why: 'stops the source of a replica as a fence, within the same bound, and starts it again',
  },
  {
    steps: ['survey', 'isolate', 'restore'],
    service: 'Lambda',
    commands: ['GetEventSourceMapping', 'UpdateEventSourceMapping'],
    why: 'switches event source mappings of the Region being left off, within the same bound, and on again',
  },
  {
    steps: ['survey', 'isolate', 'restore'],
    service: 'EventBridge',
    commands: ['DescribeRule', 'DisableRule', 'EnableRule'],
    why: 'the same for rules',
  },
  {
    steps: ['survey', 'isolate', 'restore'],
    service: 'Scheduler',
    commands: ['GetSchedule', 'UpdateSchedule'],
    why: 'the same for schedules',
  },
  {
    steps: ['confirm', 'restore'],
    service: 'S3',
    commands: ['GetObject', 'PutObject'],
    why: 'says that the Region being left is not active any more, once traffic has moved; its silence settles at once',
  },
  {
    steps: ['flip-dns'],
    service: 'S3',
    commands: ['GetObject', 'PutObject'],
    only: (input) => (input as { readonly Body?: string }).Body?.includes('"active":true') !== true,
    why: 'says the same at once, where a claim holds traffic: the own one stands by then, and silence is a fact',
  },
  {
    service: 'Route53RecoveryCluster',
    commands: ['GetRoutingControlState', 'UpdateRoutingControlStates'],
    why: 'a cluster answers at any of five Regions; an endpoint in the Region being left is tried last',
  },
];

/** Services whose control plane is in one Region for the whole world, by the word with which a plan accepts them. */
export const globalControlPlanes: Readonly<Record<string, string>> = {
  Route53: 'route53',
  Route53Domains: 'route53',
  Route53RecoveryControlConfig: 'arc-configuration',
  IAM: 'iam',
  STS: 'sts',
  CloudFront: 'cloudfront',
  GlobalAccelerator: 'global-accelerator',
  NetworkManager: 'network-manager',
  Organizations: 'organizations',
  Shield: 'shield',
};

/** Where most global control planes are; needed there for nothing, unless the run activates it. */
const regionOfTheWorld = 'us-east-1';

export interface Path {
  readonly from: string;
  readonly to: string;
  /** What `policy.acceptsControlPlane` of the plan says. */
  readonly accepts: readonly string[];
}

export type Judgement =
  | { readonly verdict: 'fine' }
  | { readonly verdict: 'accepted'; readonly controlPlane: string }
  | { readonly verdict: 'excepted'; readonly exception: Exception }
  | { readonly verdict: 'forbidden'; readonly why: string };

/** Whether a call of a step may stand on the critical path of a run. */
export function judgeCall(
  call: Pick<ApiCall, 'caller' | 'service' | 'command' | 'endpointRegion' | 'input'>,
  path: Path,
): Judgement {
  const controlPlane = globalControlPlanes[call.service];
  if (controlPlane !== undefined) {
    if (path.accepts.includes(controlPlane)) return { verdict: 'accepted', controlPlane };
    return { verdict: 'forbidden', why: `a global control plane (${controlPlane}) that the plan does not accept` };
  }
  const trouble = troubleWith(call.endpointRegion, path);
  if (trouble === undefined) return { verdict: 'fine' };
  const exception = exceptions.find((one) => covers(one, call));
  return exception === undefined ? { verdict: 'forbidden', why: trouble } : { verdict: 'excepted', exception };
}

function troubleWith(endpointRegion: string, { from, to }: Path): string | undefined {
  if (endpointRegion === from) return 'the Region being left';
  if (endpointRegion === regionOfTheWorld && to !== regionOfTheWorld) return 'us-east-1, where the run does not go';
  return undefined;
}

const covers = (
  { commands, only, service, steps }: Exception,
  call: Pick<ApiCall, 'caller' | 'service' | 'command' | 'input'>,
): boolean =>
  service === call.service &&
  commands.includes(call.command) &&
  steps?.includes(call.caller) !== false &&
  only?.(call.input) !== false;
