import type { ResponseMetadata } from '@smithy/types';
import { simulatedServices } from './commands.ts';

/** Loud and never retried: the lab lacks something the code under test uses. */
export class UnknownSimulatedOperation extends Error {
  override readonly name = 'UnknownSimulatedOperation';
  readonly $fault = 'client';
  readonly $metadata: ResponseMetadata = { httpStatusCode: 400 };
}

export const notSimulated = (service: string, what: string): UnknownSimulatedOperation => {
  const file = simulatedServices[service]?.file ?? `${service.toLowerCase()}.ts`;
  return new UnknownSimulatedOperation(`${service}.${what} is not simulated; add it to lab/cloud/${file}`);
};

/** An error as NodeHttpHandler of @smithy/node-http-handler throws it when no answer comes in time. */
export const unanswered = (timeoutMs: number): Error =>
  Object.assign(new Error(`The simulated endpoint did not answer within the configured timeout of ${timeoutMs} ms.`), {
    name: 'TimeoutError',
  });

type ExceptionClass<E> = new (options: { message: string; $metadata: ResponseMetadata }) => E;

/** Makes the very exception class that the SDK's deserializer would make. */
export const fault = <E>(Exception: ExceptionClass<E>, message: string, httpStatusCode = 400): E =>
  new Exception({ message, $metadata: { httpStatusCode } });
