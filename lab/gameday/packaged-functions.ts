import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Log } from '../../shared/domain/ports.ts';
import { accessKeyOf } from '../cloud/endpoint/caller.ts';
import type { World } from '../cloud/world.ts';
import { handlers } from '../functions.ts';
import { coordinationTable, failoverMachine } from '../runtime.ts';
import { bundleFunctions } from '../sandbox/bundle-functions.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { type FunctionPlace, makeSandboxes, type Sandboxes } from '../sandbox/sandboxes.ts';
import type { Workplace } from './processes/workplace.ts';
import { publicName } from './public-name.ts';

export interface PackagedOptions {
  readonly workplace: Workplace;
  readonly plan: Plan;
  /** The simulated AWS. */
  readonly endpointUrl: string;
  readonly world: World;
  readonly dnsPort: number;
  readonly log: Log;
}

/**
 * The functions as they are packaged, each in a process of its own under the Lambda runtime contract, with the simulated
 * AWS at AWS_ENDPOINT_URL. What a game day will call is started before it begins; the rest when it is first called.
 */
export async function openPackagedFunctions(options: PackagedOptions): Promise<Sandboxes> {
  const { log, plan, workplace } = options;
  const folder = workplace.dir('functions');
  const names = Object.keys(handlers);
  const bundles = await bundleFunctions(folder, names);
  const plans = join(folder, 'plans.json');
  writeFileSync(plans, JSON.stringify([plan]));
  const sandboxes = makeSandboxes((place) => {
    const env = environmentOf(place, options, plans);
    return startSandbox({ ...place, workplace, log, env, entry: bundles.entryOf(place.functionName) });
  });
  await sandboxes.warm(expected(plan, names));
  return sandboxes;
}

/** A run takes place in the recovery Region; the others guard and observe. */
const expected = ({ regions }: Plan, names: readonly string[]): readonly FunctionPlace[] => [
  ...names.map((functionName) => ({ region: regions.recovery, functionName })),
  { region: regions.primary, functionName: 'guard' },
  { region: regions.witness, functionName: 'probe' },
];

function environmentOf(place: FunctionPlace, options: PackagedOptions, plans: string): Record<string, string> {
  const { dnsPort, endpointUrl, world } = options;
  return {
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: accessKeyOf(place),
    AWS_SECRET_ACCESS_KEY: 'lab',
    LAB_RESOLVER: `${publicName}@127.0.0.1:${dnsPort}`,
    UNDERSTUDY_TABLE: coordinationTable,
    UNDERSTUDY_PLANS: plans,
    UNDERSTUDY_STATE_MACHINE_ARN: `arn:aws:states:${place.region}:${world.host.account}:stateMachine:${failoverMachine}`,
  };
}
