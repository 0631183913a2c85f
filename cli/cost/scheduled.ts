import type { Usage } from './bill.ts';

/** Of a month. */
export const minutes = (365 * 24 * 60) / 12;

/** A function that a schedule starts again and again. */
export interface Scheduled {
  readonly starts: number;
  readonly usesTable: boolean;
  readonly usage: readonly Usage[];
}

interface Asked {
  /** A month, in all Regions. */
  readonly starts: number;
  /** Each of them takes so long. */
  readonly seconds: number;
  readonly gb: number;
  readonly usesTable: boolean;
}

export function scheduled(name: string, { gb, seconds, starts, usesTable }: Asked): Scheduled {
  const times = `${whole(starts)} starts`;
  const usage: readonly Usage[] = [
    {
      part: `${name}: running`,
      price: 'lambdaGbSecond',
      quantity: starts * seconds * gb,
      arithmetic: `${times} × ${Number(seconds.toFixed(1))} s × ${gb * 1024} MB`,
    },
    { part: `${name}: requests`, price: 'lambdaRequest', quantity: starts, arithmetic: times },
    { part: `${name}: schedule`, price: 'schedulerInvocation', quantity: starts, arithmetic: times },
  ];
  return { starts, usesTable, usage };
}

export const requestsOf = (functions: readonly Scheduled[]): number =>
  functions.reduce((sum, { starts }) => sum + starts, 0);

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
