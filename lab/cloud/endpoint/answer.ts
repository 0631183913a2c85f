import { notSimulated, UnknownSimulatedOperation } from '../errors.ts';
import { inNameOf } from '../running-function.ts';
import { endpointRegionOf } from '../wire.ts';
import type { World } from '../world.ts';
import { callerOf } from './caller.ts';
import { writtenError } from './errors.ts';
import type { AskedOperation, WireProtocol, WireResponse } from './protocol.ts';
import { protocolOf } from './protocols.ts';
import { type Scope, scopeOf, type WireRequest } from './request.ts';
import type { WireService } from './services.ts';
import { WireError } from './wire-error.ts';

export interface Bench {
  readonly world: World;
  readonly services: ReadonlyMap<string, WireService>;
}

/** Longer than any client waits; ended early when the client goes, and when the world stops. */
const silenceMs = 120_000;

/** @returns what to write, or undefined where nobody answers: a Region that is lost, an answer that is lost */
export async function answerTo(
  request: WireRequest,
  { services, world }: Bench,
  gone: AbortSignal,
): Promise<WireResponse | undefined> {
  let service: WireService | undefined;
  try {
    const scope = scopeOf(request);
    service = services.get(scope.signingName);
    const protocol = protocolOf(request, service);
    const operation = asked({ request, protocol, service, scope });
    const input = await readInput(request, operation, protocol);
    const { $metadata, ...output } = await call(world, { operation, input, scope, gone });
    return protocol.writeOutput(output, operation, $metadata.requestId);
  } catch (thrown) {
    if (isSilence(thrown)) return undefined;
    const protocol = protocolOf(request, service);
    return protocol.writeError(
      writtenError(thrown, protocol, service),
      requestIdOf(thrown) ?? world.host.newId(),
      request,
    );
  }
}

interface Asking {
  readonly request: WireRequest;
  readonly protocol: WireProtocol;
  readonly service: WireService | undefined;
  readonly scope: Scope;
}

function asked({ protocol, request, scope, service }: Asking): AskedOperation {
  if (service === undefined) throw notSimulated(scope.signingName, 'whatever it was');
  const name = protocol.operationOf(request, service);
  const schema = service.operation(name);
  if (schema === undefined) throw notSimulated(service.name, name);
  return { service, schema };
}

/** @throws WireError SerializationException for what cannot be parsed */
async function readInput(request: WireRequest, operation: AskedOperation, protocol: WireProtocol): Promise<object> {
  try {
    return await protocol.readInput(request, operation);
  } catch (error) {
    if (error instanceof UnknownSimulatedOperation) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new WireError('SerializationException', `The request cannot be read: ${why}`, { status: 400 });
  }
}

interface Called {
  readonly operation: AskedOperation;
  readonly input: object;
  readonly scope: Scope;
  readonly gone: AbortSignal;
}

interface Output {
  readonly $metadata: { readonly requestId: string };
}

function call(world: World, { gone, input, operation, scope }: Called): Promise<Output> {
  const { region: callerRegion, functionName } = callerOf(scope.accessKeyId);
  const service = operation.service.name;
  const request = {
    service,
    command: operation.schema[2],
    input,
    callerRegion,
    endpointRegion: endpointRegionOf(service, scope.region),
    timeoutMs: silenceMs,
  };
  return inNameOf(functionName, () => world.call(request, gone)) as Promise<Output>;
}

const isSilence = (thrown: unknown): boolean =>
  thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError');

const requestIdOf = (thrown: unknown): string | undefined =>
  (thrown as { readonly $metadata?: { readonly requestId?: string } }).$metadata?.requestId;
