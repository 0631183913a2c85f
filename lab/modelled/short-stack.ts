import type { MetadataBearer, Pluggable } from '@smithy/types';
import type { CallRequest } from '../cloud/calls.ts';
import { globalServices, type Wire, withStream } from '../cloud/wire.ts';
import type { World } from '../cloud/world.ts';

interface Context {
  readonly clientName?: string;
  readonly commandName?: string;
}

interface Args {
  readonly input: object;
}

type Handler = (args: Args) => Promise<{ output: object }>;
type Middleware = (next: Handler, context: Context) => Handler;

interface Entry {
  readonly step?: string;
  readonly name?: string;
}

/** As much of an SDK client's middleware stack as is needed to stand in its place. */
interface Stack {
  applyToStack(to: Collector): void;
  concat(from: Stack): object;
}

interface Collector {
  add(middleware: Middleware, entry: Entry): void;
  addRelativeTo(middleware: Middleware, entry: Entry): void;
  identifyOnResolve(): boolean;
}

/** How often and after which pauses a call is sent again; see sdk-retries.ts. Default: once. */
export type Send = (
  attempt: () => Promise<object>,
  request: Pick<CallRequest, 'command' | 'service'>,
) => Promise<object>;

/**
 * The simulated cloud behind a real SDK client, without what lies between them: no serialisation, no signing, no endpoint
 * rules. That is most of what a call costs, and those parts read files and the environment at their first call, which
 * modelled time cannot wait for. What our own code has put into the stack stays: the leash of a dry run, and lib-dynamodb's
 * marshalling. The game day and the tests of the cloud run the whole stack (lab/cloud/wire.ts).
 */
export function shortStack<Input extends object, Output extends object>(
  world: World,
  wire: Wire,
  send: Send = (attempt) => attempt(),
): Pluggable<Input, Output & MetadataBearer> {
  const call = (request: CallRequest): Promise<object> => {
    const sending = world.host.newId();
    return send(() => world.call({ ...request, sending }), request);
  };
  const short = (own: Own, seen: readonly Stack[]): object => ({
    // lib-dynamodb hands in the stack of one command twice.
    concat: (from: Stack) =>
      seen.includes(from) ? short(own, seen) : short(joined(own, ownIn(from)), [...seen, from]),
    resolve: (_handler: unknown, context: Context) => chain(own, context, call, wire),
  });
  return {
    applyToStack: (stack) => {
      const client = stack as unknown as Stack;
      let ofClient: Own | undefined;
      client.concat = (from) => {
        ofClient ??= ownIn(client);
        return short(joined(ofClient, ownIn(from)), [from]);
      };
    },
  };
}

/** Middleware of our own and of lib-dynamodb, in the order in which it runs. */
interface Own {
  readonly outer: readonly Middleware[];
  readonly marshalling: readonly Middleware[];
}

const joined = (one: Own, other: Own): Own => ({
  outer: [...one.outer, ...other.outer],
  marshalling: [...one.marshalling, ...other.marshalling],
});

function chain(
  { marshalling, outer }: Own,
  context: Context,
  call: (request: CallRequest) => Promise<object>,
  wire: Wire,
): Handler {
  const service = (context.clientName ?? '').replace(/Client$/, '');
  const command = (context.commandName ?? '').replace(/Command$/, '');
  const endpointRegion = globalServices[service] ?? wire.endpointRegion;
  const last: Handler = async ({ input }) => {
    const request = { service, command, input, ...wire, endpointRegion };
    return { output: withStream(request, await call(request)) };
  };
  return [...outer, ...marshalling].reduceRight((next, middleware) => middleware(next, context), last);
}

/** By the names under which they are registered: shared/aws/leash.ts and @aws-sdk/lib-dynamodb. */
function ownIn(stack: Stack): Own {
  const outer: Middleware[] = [];
  const marshalling: Middleware[] = [];
  const collector: Collector = {
    add: (middleware, { name }) => void (name === 'leash' && outer.push(middleware)),
    addRelativeTo: (middleware, { name }) => void (name?.startsWith('Document') && marshalling.push(middleware)),
    identifyOnResolve: () => false,
  };
  stack.applyToStack(collector);
  return { outer, marshalling };
}
