import { findCommand } from './commands.ts';
import { copyOf } from './copy.ts';
import { notSimulated, unanswered } from './errors.ts';
import type { ApiCall, Intercept, OnPerformed } from './history.ts';
import { type Host, pause, type Service } from './host.ts';
import { runningInvocation, unlessDead } from './running-function.ts';

export interface CallRequest {
  readonly service: string;
  readonly command: string;
  readonly input: object;
  readonly callerRegion: string;
  readonly endpointRegion: string;
  /** How long the client waits for an answer. */
  readonly timeoutMs: number;
  readonly sending?: string;
}

export interface CallBench {
  readonly host: Host;
  readonly history: ApiCall[];
  readonly intercept: Intercept | undefined;
  readonly onPerformed: OnPerformed | undefined;
  service(name: string, region: string): Service | undefined;
}

/**
 * Takes one call from the client to the service and back, and records it.
 * @returns the output with `$metadata`, as the deserializer would give it
 * @throws the service's exception, an UnknownSimulatedOperation, a TimeoutError when no answer came, or an AbortError;
 *   an aborted call may still take effect, as one that is already on its way does
 */
export async function takeCall(bench: CallBench, sent: CallRequest, abortSignal?: AbortSignal): Promise<object> {
  await unlessDead();
  const request = { ...sent, input: unsigned(sent.input) };
  const call = record(bench, request);
  try {
    const output = await abortable(travel(bench, request, call), abortSignal);
    call.outcome = 'answered';
    return output;
  } catch (error) {
    call.outcome = isUnanswered(error) ? 'unanswered' : 'error';
    call.errorName = error instanceof Error ? error.name : String(error);
    throw withRequestId(error, call.id);
  } finally {
    call.endedAt = bench.host.clock.nowMs();
    // It may have died meanwhile: then it does not hear the answer.
    await unlessDead();
  }
}

/**
 * Across Regions the SDK signs a second request into the input, which RDS ignores outside of GovCloud and China. It carries the
 * time of this machine, so that no history would be the same twice.
 */
function unsigned(input: object): object {
  if (!('PreSignedUrl' in input)) return input;
  const { PreSignedUrl: _signed, ...rest } = input;
  return rest;
}

function record(bench: CallBench, request: CallRequest): ApiCall {
  const { functionName = '', runId } = runningInvocation.getStore() ?? {};
  const call: ApiCall = {
    id: bench.host.newId(),
    at: bench.host.clock.nowMs(),
    callerRegion: request.callerRegion,
    caller: functionName,
    ...(runId === undefined ? {} : { runId }),
    endpointRegion: request.endpointRegion,
    ...(request.sending === undefined ? {} : { sending: request.sending }),
    service: request.service,
    command: request.command,
    mutating: findCommand(request.service, request.command)?.mutating ?? true,
    input: copyOf(request.input),
    outcome: 'pending',
    applied: false,
  };
  bench.history.push(call);
  return call;
}

async function travel(bench: CallBench, request: CallRequest, call: ApiCall): Promise<object> {
  const { host } = bench;
  const { callerRegion, endpointRegion } = request;
  if (!host.isReachable(callerRegion, endpointRegion)) return silence(host, request);
  const verdict = await bench.intercept?.(call);
  if (verdict instanceof Error) throw verdict;
  await pause(host, callerRegion === endpointRegion ? host.settings.latencyMs : host.settings.interRegionLatencyMs);
  if (!host.isReachable(callerRegion, endpointRegion)) return silence(host, request);
  if (typeof verdict === 'object') return withMetadata(verdict.answer, call);
  const output = await perform(bench, request, call);
  bench.onPerformed?.(call, output);
  if (verdict === 'lost-answer' || !host.isReachable(callerRegion, endpointRegion)) return silence(host, request);
  return output;
}

async function perform(bench: CallBench, request: CallRequest, call: ApiCall): Promise<object> {
  const { service, command, callerRegion, endpointRegion } = request;
  const known = findCommand(service, command);
  const asked = bench.service(service, endpointRegion);
  const operation = asked?.operations[command];
  if (known === undefined || operation === undefined) throw notSimulated(service, command);
  refuseUnknownFields(request, known.fields);
  // What was recorded is what the service works with: it may keep its input, and never changes it.
  const result = operation(call.input as never, { region: endpointRegion, callerRegion });
  // Copied in the same turn: what goes on in the background must not show in the answer.
  const answer = (result instanceof Promise ? await result : result) as object;
  const output = asked?.answersAreConstant === true ? answer : copyOf(answer);
  call.applied = true;
  call.appliedAt = bench.host.clock.nowMs();
  return withMetadata(output, call);
}

const withMetadata = (output: object, { id }: ApiCall): object => ({
  ...output,
  $metadata: { httpStatusCode: 200, requestId: id },
});

function refuseUnknownFields(request: CallRequest, fields: readonly string[]): void {
  const input = request.input as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(input).find((field) => input[field] !== undefined && !fields.includes(field));
  if (unknown !== undefined) throw notSimulated(request.service, `${request.command} with ${unknown}`);
}

async function silence(host: Host, request: CallRequest): Promise<never> {
  await host.clock.sleep(request.timeoutMs, host.stopping);
  throw unanswered(request.timeoutMs);
}

/** Rejects with the AbortError of NodeHttpHandler as soon as the signal says so. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');

function withRequestId(error: unknown, requestId: string): unknown {
  if (error instanceof Error && '$metadata' in error) Object.assign(error.$metadata as object, { requestId });
  return error;
}
