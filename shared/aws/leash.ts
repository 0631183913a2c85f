import type { InitializeMiddleware, MetadataBearer, Pluggable } from '@smithy/types';
import { Leashed } from '../domain/leashed.ts';
import { type ClientOptions, clientMaker } from './client.ts';
import type { Outside } from './outside.ts';
import { isReading } from './reading.ts';

/** One command that is about to be sent. */
interface Sending {
  /** Without "Client": `RDS`, `DynamoDB`. */
  readonly service: string;
  /** Without "Command": `PromoteReadReplica`. */
  readonly command: string;
  readonly input: unknown;
}

/** Lets one more command through: only the dry run's own records, see shared/coordination/dry-run.ts. */
type Exception = (sending: Sending) => boolean;

const noException: Exception = () => false;

/** What a dry run may reach: reads are real, and every other call ends here. Its clients are shared with nobody else. */
export function leashedOutside(
  options: ClientOptions,
  net: Pick<Outside, 'http' | 'dns'>,
  exception = noException,
): Outside {
  const plugin: ClientOptions['plugin'] = (region) => both(options.plugin?.(region), leash(region, exception));
  return {
    client: clientMaker({ ...options, plugin }),
    dns: net.dns,
    http: async (request) => {
      if (request.method === 'GET') return net.http(request);
      throw new Leashed({ service: 'HTTP', command: request.method, at: request.url, input: request.body });
    },
  };
}

/**
 * The leash itself: it stands at the outermost step of a client, before serialisation, signing and retries.
 * @throws Leashed, out of `send`, for every command that is not known to read
 */
function leash<Input extends object, Output extends object>(
  region: string,
  exception: Exception = noException,
): Pluggable<Input, Output> {
  const middleware: InitializeMiddleware<Input, Output> = (next, { clientName = '', commandName = '' }) => {
    const service = clientName.replace(/Client$/, '');
    const command = commandName.replace(/Command$/, '');
    return async (args) => {
      if (isReading(service, command) || exception({ service, command, input: args.input })) return next(args);
      throw new Leashed({ service, command, at: region, input: args.input });
    };
  };
  return {
    applyToStack: (stack) => stack.add(middleware, { name: 'leash', step: 'initialize', priority: 'high' }),
  };
}

type AnyPluggable = ReturnType<NonNullable<ClientOptions['plugin']>>;

const both = (first: AnyPluggable | undefined, second: Pluggable<object, MetadataBearer>): AnyPluggable => ({
  applyToStack: (stack) => {
    first?.applyToStack(stack);
    second.applyToStack(stack);
  },
});
