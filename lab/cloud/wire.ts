import { type DeserializeMiddleware, type MetadataBearer, type Pluggable, SMITHY_CONTEXT_KEY } from '@smithy/types';
import type { CallRequest } from './calls.ts';
import type { World } from './world.ts';

const defaultTimeoutMs = 1000;

/** Route 53's control plane is global and lives in one Region, whatever Region the client names. */
export const globalServices: Readonly<Record<string, string>> = { Route53: 'us-east-1' };

/** What takes the calls: the World, or another process's way to it. */
export type Callable = Pick<World, 'call'>;

export interface Wire {
  readonly callerRegion: string;
  readonly endpointRegion: string;
  /** How long a call waits for an answer that does not come. */
  readonly timeoutMs: number;
}

interface SdkClient<Input extends object, Output extends object> {
  readonly middlewareStack: { use(plugin: Pluggable<Input, Output>): void };
  readonly config: { region: string | (() => Promise<string>); readonly requestHandler: object };
}

/**
 * Attaches the simulated cloud to a real AWS SDK v3 client. Serialisation, signing, retries, paginators and waiters stay
 * real; only the network and the deserializer are replaced.
 */
export function attach<Input extends object, Output extends object>(
  client: SdkClient<Input, Output>,
  world: Callable,
  callerRegion: string,
): void {
  const wire = async (): Promise<Wire> => ({
    callerRegion,
    endpointRegion: await regionOf(client.config.region),
    timeoutMs: await timeoutOf(client.config.requestHandler),
  });
  client.middlewareStack.use(plugin(world, wire));
}

/** The same as a plugin, for a client whose Region and timeout are known where it is made. */
export function cloudPlugin<Input extends object, Output extends object>(
  world: Callable,
  wire: Wire,
): Pluggable<Input, Output> {
  return plugin(world, async () => wire);
}

/**
 * Takes the deserializer's own place in the stack, so that middleware placed relative to it (lib-dynamodb's
 * unmarshalling) still runs.
 */
function plugin<Input extends object, Output extends object>(
  world: Callable,
  wire: () => Promise<Wire>,
): Pluggable<Input, Output> {
  const middleware: DeserializeMiddleware<Input, Output> = (_next, context) => async (args) => {
    const request = toRequest(context, { input: args.input, wire: await wire() });
    const output = await world.call(request, abortSignalOf(context));
    // S3's client looks for checksums among the headers.
    return { response: { headers: {} }, output: withStream(request, output) as Output & MetadataBearer };
  };
  return {
    applyToStack: (stack) => {
      stack.add(middleware, {
        name: 'deserializerMiddleware',
        step: 'deserialize',
        tags: ['DESERIALIZER', 'SIMULATED_CLOUD'],
        override: true,
      });
    },
  };
}

function toRequest(
  context: { clientName?: string; commandName?: string },
  { input, wire }: { input: object; wire: Wire },
): CallRequest {
  const service = (context.clientName ?? '').replace(/Client$/, '');
  const command = (context.commandName ?? '').replace(/Command$/, '');
  return { service, command, input, ...wire, endpointRegion: endpointRegionOf(service, wire.endpointRegion) };
}

/** Where a call ends that was made for this Region. */
export const endpointRegionOf = (service: string, region: string): string => globalServices[service] ?? region;

/** The body of an object arrives as a stream with the SDK's own ways to read it; in the lab it is a text. */
export function withStream({ command, service }: CallRequest, output: object): object {
  if (service !== 'S3' || command !== 'GetObject' || !('Body' in output)) return output;
  const { Body } = output;
  return { ...output, Body: { transformToString: async () => String(Body) } };
}

const abortSignalOf = (context: object): AbortSignal | undefined => {
  const smithy = (context as { [SMITHY_CONTEXT_KEY]?: { abortSignal?: AbortSignal } })[SMITHY_CONTEXT_KEY];
  return smithy?.abortSignal;
};

const regionOf = async (region: string | (() => Promise<string>)): Promise<string> =>
  typeof region === 'string' ? region : region();

interface HandlerTimeouts {
  readonly connectionTimeout?: number;
  readonly requestTimeout?: number;
}

/** NodeHttpHandler publishes its configuration only after its first request, which never comes here. */
async function timeoutOf(handler: object): Promise<number> {
  const { configProvider, httpHandlerConfigs } = handler as {
    configProvider?: Promise<HandlerTimeouts>;
    httpHandlerConfigs?: () => HandlerTimeouts;
  };
  const config = (await configProvider) ?? httpHandlerConfigs?.call(handler);
  return config?.connectionTimeout ?? config?.requestTimeout ?? defaultTimeoutMs;
}
