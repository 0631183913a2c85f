import type { Plan } from '../../shared/domain/plan.ts';
import type { Log } from '../../shared/domain/ports.ts';
import { openEndpoint } from '../cloud/endpoint/open-endpoint.ts';
import type { World } from '../cloud/world.ts';
import { handlers } from '../functions.ts';
import { functionTimeoutMs } from './equip-cloud.ts';
import { openPackagedFunctions } from './packaged-functions.ts';
import type { Workplace } from './processes/workplace.ts';

/** How much of the simulated AWS is reached over HTTP. */
export interface AwsOptions {
  readonly workplace: Workplace;
  readonly log: Log;
  /** The port at which CLIs and SDKs find it; default: none. */
  readonly awsPort?: number | undefined;
  /** Whether the functions run as they are packaged, in processes of their own; default: as handlers of this process. */
  readonly bundles?: boolean;
}

interface Cloud {
  readonly world: World;
  readonly plan: Plan;
  readonly dnsPort: number;
}

/** Nothing listens unless somebody needs it: a person with a CLI, or functions in processes of their own. */
export async function openAws(options: AwsOptions, cloud: Cloud, opened: AsyncDisposableStack): Promise<void> {
  const { awsPort, bundles = false, log, workplace } = options;
  if (awsPort === undefined && !bundles) return;
  const { close, url } = await openEndpoint(cloud.world, awsPort);
  opened.defer(close);
  if (!bundles) return;
  const functions = await openPackagedFunctions({ ...cloud, workplace, log, endpointUrl: url });
  opened.defer(() => functions.close());
  const { lambda } = cloud.world;
  for (const region of Object.values(cloud.plan.regions)) {
    for (const name of Object.keys(handlers)) {
      const place = { region, functionName: name };
      const handler: Parameters<typeof lambda.registerFunction>[0]['handler'] = (event, context) =>
        functions.invoke(place, event, context);
      lambda.registerFunction({ region, name, handler, timeoutMs: functionTimeoutMs });
    }
  }
}
