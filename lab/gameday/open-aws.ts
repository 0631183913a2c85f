import type { Plan } from '../../shared/domain/plan.ts';
import type { Log } from '../../shared/domain/ports.ts';
import { openEndpoint } from '../cloud/endpoint/open-endpoint.ts';
import type { World } from '../cloud/world.ts';
import type { Equipment } from './equip-cloud.ts';
import { openPackagedFunctions } from './packaged-functions.ts';
import type { Workplace } from './processes/workplace.ts';

/** How much of the simulated AWS is reached over HTTP. */
export interface AwsOptions {
  /** The port at which CLIs and SDKs find it; default: none. */
  readonly awsPort?: number | undefined;
  /** Whether the functions run as they are packaged, in processes of their own; default: as handlers of this process. */
  readonly bundles?: boolean;
}

interface AwsParts {
  readonly workplace: Workplace;
  readonly world: World;
  readonly plan: Plan;
  readonly dnsPort: number;
  readonly log: Log;
}

/**
 * Nothing listens unless somebody needs it: a person with a CLI, or functions in processes of their own.
 * @returns how the functions run, where that is not as handlers of this process
 */
export async function openAws(
  { awsPort, bundles = false }: AwsOptions,
  parts: AwsParts,
  opened: AsyncDisposableStack,
): Promise<Pick<Equipment, 'handlerOf'>> {
  if (awsPort === undefined && !bundles) return {};
  const { url, close } = await openEndpoint(parts.world, awsPort);
  opened.defer(close);
  if (!bundles) return {};
  const functions = await openPackagedFunctions({ ...parts, endpointUrl: url });
  opened.defer(() => functions.close());
  return {
    handlerOf: (region, functionName) => (event, context) => functions.invoke({ region, functionName }, event, context),
  };
}
