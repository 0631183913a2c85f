import type { Instant } from '../../shared/domain/run.ts';
import type { ApiCall } from '../cloud/history.ts';
import { coin } from './random.ts';

/** What can become of one call of one of our functions. Each has a rate of its own: its probability per call. */
export const callFaults = {
  throttled: 'refused as too many; nothing took effect',
  'server-error': 'answered 500; nothing took effect',
  'lost-answer': 'took effect, and the answer never came',
  slow: 'takes seconds, and passes',
  stale: 'a read that answers with what was some seconds ago',
  denied: 'refused for good: no permission',
  'crash-before': 'the process dies before the call is sent',
  'crash-after': 'the process dies after the effect, before the answer',
  'hangs-after': 'the process hears nothing more after the effect, until its function times out',
  paused: 'the process stands still before the call, and wakes long after',
} as const satisfies Record<string, string>;
export type CallFault = keyof typeof callFaults;
export const callFaultNames = Object.keys(callFaults) as readonly CallFault[];

export type Rates = Readonly<Partial<Record<CallFault, number>>>;

/** Where a fault may strike: the n-th call of this command by this function. */
export interface Site {
  readonly caller: string;
  readonly service: string;
  readonly command: string;
  readonly mutating: boolean;
}

export interface FaultsOptions {
  readonly seed: number;
  readonly rates: Rates;
  /** Only calls of these functions may be struck. Default: all. */
  readonly callers?: readonly string[] | undefined;
  /** Only these may strike, by id: how a failing day is shrunk. Default: all. */
  readonly only?: ReadonlySet<string> | undefined;
}

export interface Strike {
  readonly id: string;
  readonly at: Instant;
}

/** Reads that AWS documents as eventually consistent; the coordination table and Route 53's list are read consistently. */
const eventual = new Set(['RDS.DescribeDBInstances', 'ECS.DescribeServices', 'CloudWatch.GetMetricData']);

export const isEventual = ({ command, service }: Pick<Site, 'command' | 'service'>): boolean =>
  eventual.has(`${service}.${command}`);

const isPossible = (fault: CallFault, site: Site): boolean => {
  const { mutating, service } = site;
  if (fault === 'stale') return isEventual(site);
  if (fault === 'lost-answer' || fault === 'crash-after' || fault === 'hangs-after') return mutating;
  return !(fault === 'denied' && service === 'DynamoDB');
};

/**
 * Decides for each call what becomes of it. Every fault has an id that names its place and not its moment, and a coin of
 * its own, so that taking one fault away leaves the others where they were.
 */
export function openFaults({ callers, only, rates, seed }: FaultsOptions) {
  const counts = new Map<string, number>();
  const struck: Strike[] = [];
  let isOver = false;
  return {
    /** Those that have struck, in order. */
    struck: struck as readonly Strike[],
    /** From then on nothing strikes. */
    heal: (): void => {
      isOver = true;
    },
    /** Whether a read may be answered with what was. */
    mayBeStale: (rates.stale ?? 0) > 0,
    at(site: Site, now: Instant): { readonly fault: CallFault; readonly id: string } | undefined {
      const key = `${site.caller || 'aws'}:${site.service}.${site.command}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (isOver || callers?.includes(site.caller) === false) return undefined;
      for (const fault of callFaultNames) {
        const rate = rates[fault] ?? 0;
        if (rate === 0 || !isPossible(fault, site)) continue;
        const id = `${fault}@${key}#${count}`;
        if (coin(seed, id) >= rate || only?.has(id) === false) continue;
        struck.push({ id, at: now });
        return { fault, id };
      }
      return undefined;
    },
  };
}
export type Faults = ReturnType<typeof openFaults>;

/** Only our functions meet faults: the lab's own calls, and those of the service integrations, are what it looks with. */
export const siteOf = ({ caller, command, mutating, service }: ApiCall): Site | undefined =>
  caller === '' ? undefined : { caller, service, command, mutating };
