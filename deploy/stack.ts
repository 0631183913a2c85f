import { alarmResources } from './alarms.ts';
import type { Extensions, Resources } from './cloudformation.ts';
import { dashboardResources } from './dashboard.ts';
import { type Deployment, holdsData, namesOf, regionOf } from './deployment.ts';
import { eventResources } from './events.ts';
import {
  functionLogKeys,
  functionResources,
  functionsAt,
  type PackagedFunction,
  packagedFunctions,
} from './functions.ts';
import { gameDayResources } from './game-day.ts';
import { keyResources } from './keys.ts';
import { machineResources } from './machine.ts';
import { messageResources } from './messages.ts';
import { operatorResources } from './operators.ts';
import { machineArn } from './permissions.ts';
import { scheduleResources } from './schedules.ts';
import { tableResources } from './table.ts';

/** What serverless.yml refers to. */
export interface Stack {
  readonly stackName: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly functions: Readonly<Record<string, PackagedFunction>>;
  /** `extensions` adds to what osls makes by itself. */
  readonly resources: { readonly Resources: Resources; readonly extensions: Extensions };
}

/** The stack of one Region: everything that the plan and the code decide. */
export function stackOf(deployment: Deployment): Stack {
  return {
    stackName: namesOf(deployment).prefix,
    region: regionOf(deployment),
    environment: {
      UNDERSTUDY_TABLE: namesOf(deployment).table,
      UNDERSTUDY_PLANS: 'plans.json',
      UNDERSTUDY_STATE_MACHINE_ARN: machineArn(deployment, 'failover'),
    },
    functions: packagedFunctions(deployment),
    resources: { Resources: resourcesOf(deployment), extensions: functionLogKeys(deployment) },
  };
}

function resourcesOf(deployment: Deployment): Resources {
  const everywhere: Resources = {
    ...keyResources(deployment),
    ...messageResources(deployment),
    ...functionResources(deployment),
    ...scheduleResources(deployment, functionsAt(deployment)),
    ...alarmResources(deployment),
  };
  if (!holdsData(deployment.site)) return everywhere;
  return {
    ...everywhere,
    ...tableResources(deployment),
    ...machineResources(deployment),
    ...eventResources(deployment),
    ...operatorResources(deployment),
    ...dashboardResources(deployment),
    ...gameDayResources(deployment),
  };
}
