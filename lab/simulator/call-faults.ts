import type { LabClock } from '../cloud/clock.ts';
import { copyOf } from '../cloud/copy.ts';
import type { ApiCall, InterceptResult } from '../cloud/history.ts';
import { type Invocation, runningInvocation, unlessDead } from '../cloud/running-function.ts';
import type { World } from '../cloud/world.ts';
import { type CallFault, type Faults, isEventual, type Site, siteOf } from './faults.ts';
import type { Chance } from './random.ts';

export interface CallFaultsOptions {
  readonly world: World;
  readonly faults: Faults;
  readonly chance: Chance;
  /** Happenings that refuse calls for a while, such as a dead control plane; asked first. */
  readonly refusals: Refusals;
}

/** By the happening that brought them. */
export type Refusals = Map<string, (call: ApiCall) => Error | undefined>;

/** What becomes of a call beside its fault; the same for an API call and for an HTTP request. */
export type Struck = 'lost-answer' | 'stale' | Error | undefined;

const serviceError = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), {
    name,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode },
  });

export const accessDenied = (): Error => serviceError('AccessDenied', 403);
export const internalFailure = (): Error => serviceError('InternalFailure', 500);

/** How old a stale answer may be: below the plan's `visibilitySeconds`, which promises just that. */
const staleForMsMax = 20_000;
/** Longer than any lease, shorter than a step's task may take. */
const pausesMs = [15_000, 120_000] as const;

/** Puts the call faults into the world's seam. @returns what an HTTP request of a function meets */
export function armCallFaults({ chance, faults, refusals, world }: CallFaultsOptions): (site: Site) => Promise<Struck> {
  const { clock } = world.host;
  const answers = rememberedAnswers(clock);
  const doomed = new WeakMap<ApiCall, CallFault>();
  world.intercept = async (call): Promise<InterceptResult> => {
    const refused = refusalOf(call, refusals);
    if (refused !== undefined) return refused;
    const site = siteOf(call);
    const struck = site === undefined ? undefined : faults.at(site, clock.nowMs());
    if (struck === undefined) return undefined;
    if (struck.fault === 'crash-after' || struck.fault === 'hangs-after') doomed.set(call, struck.fault);
    const verdict = await strike(struck.fault, clock, chance);
    if (verdict !== 'stale') return verdict;
    const answer = answers.before(call, clock.nowMs() - staleForMsMax);
    return answer === undefined ? undefined : { answer };
  };
  world.onPerformed = (call, output) => {
    if (faults.mayBeStale && isEventual(call)) answers.keep(call, output);
    if (doomed.get(call) === 'crash-after') die();
    if (doomed.get(call) === 'hangs-after') hang();
  };
  return async (site) => {
    const struck = faults.at(site, clock.nowMs());
    if (struck === undefined) return undefined;
    if (struck.fault === 'crash-after' || struck.fault === 'hangs-after') return 'lost-answer';
    return strike(struck.fault, clock, chance);
  };
}

function refusalOf(call: ApiCall, refusals: Refusals): Error | undefined {
  for (const refuse of refusals.values()) {
    const error = refuse(call);
    if (error !== undefined) return error;
  }
  return undefined;
}

async function strike(fault: CallFault, clock: LabClock, chance: Chance): Promise<Struck> {
  switch (fault) {
    case 'throttled':
      return serviceError('ThrottlingException', 400);
    case 'server-error':
      return internalFailure();
    case 'denied':
      return accessDenied();
    case 'lost-answer':
    case 'stale':
      return fault;
    case 'slow':
      await clock.sleep(chance.between(500, 5_000));
      return undefined;
    case 'paused':
      await clock.sleep(chance.between(...pausesMs));
      // Lambda may have ended the process meanwhile: then the call is never sent.
      await unlessDead();
      return undefined;
    case 'crash-before':
      die();
      return new Promise(() => undefined);
    case 'crash-after':
    case 'hangs-after':
      return undefined;
  }
}

/** As Lambda reports a process that has exited. */
const die = (): void =>
  runningInvocation.getStore()?.die('Runtime.ExitError', 'Runtime exited without providing a reason');

function hang(): void {
  const invocation: Invocation | undefined = runningInvocation.getStore();
  if (invocation !== undefined) invocation.isDead = true;
}

/** What each read answered, and when: as much of the past as a stale answer may show. */
function rememberedAnswers(clock: LabClock) {
  const past = new Map<string, { readonly at: number; readonly output: object }[]>();
  const keyOf = (call: ApiCall): string =>
    `${call.service}.${call.command} ${call.endpointRegion} ${JSON.stringify(call.input)}`;
  return {
    keep(call: ApiCall, output: object): void {
      const key = keyOf(call);
      const known = past.get(key) ?? [];
      known.push({ at: clock.nowMs(), output: copyOf(output) });
      if (known.length > 8) known.shift();
      past.set(key, known);
    },
    /** The oldest answer that is not older than that. */
    before: (call: ApiCall, notBefore: number): object | undefined =>
      past.get(keyOf(call))?.find(({ at }) => at >= notBefore)?.output,
  };
}
