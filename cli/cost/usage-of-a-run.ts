import type { Plan } from '../../shared/domain/plan.ts';
import type { Usage } from './bill.ts';
import { gbOf } from './deployment.ts';

/** Of a failover in the game day, rounded up: 40 states, 13 invocations, 160 items written, 120 read. */
const run = { transitions: 60, invocations: 20, writes: 200, reads: 200, billedSeconds: 900 } as const;
const replicas = 2;

/** What one failover costs, if its slowest step waits for a quarter of an hour inside its function. */
export function usageOfARun(plan: Plan): readonly Usage[] {
  return [
    {
      part: 'state machine',
      price: 'stateTransition',
      quantity: run.transitions,
      arithmetic: `${run.transitions} states`,
    },
    {
      part: 'steps: running',
      price: 'lambdaGbSecond',
      quantity: run.billedSeconds * gbOf.step,
      arithmetic: `${run.billedSeconds} s × ${gbOf.step * 1024} MB`,
    },
    {
      part: 'steps: requests',
      price: 'lambdaRequest',
      quantity: run.invocations,
      arithmetic: `${run.invocations} starts`,
    },
    {
      part: 'lock and journal: writes',
      price: 'tableWrite',
      quantity: run.writes * replicas,
      arithmetic: `${run.writes} items × ${replicas} replicas`,
    },
    { part: 'lock and journal: reads', price: 'tableRead', quantity: run.reads, arithmetic: `${run.reads} items` },
    { part: 'notification', price: 'publish', quantity: plan.notifications.length, arithmetic: 'one a channel' },
    ...claims(plan),
  ];
}

function claims({ resources }: Plan): readonly Usage[] {
  const flips = resources.filter(({ kind }) => kind === 'route53-health-check-flip').length;
  return [
    { part: 'traffic: claims', price: 'objectWrite', quantity: flips * 3, arithmetic: `${flips} × 3 writes at most` },
    { part: 'traffic: looks', price: 'objectRead', quantity: flips * 100, arithmetic: `${flips} × 100 looks` },
  ];
}

export const usageOfTheDashboard: readonly Usage[] = [
  { part: 'dashboard', price: 'dashboard', quantity: 1, arithmetic: 'one page, in the recovery Region' },
];

const hoursAMonth = 730;

/** What the plan needs in your account besides, at rest: you set it up, and would pay for it without Understudy, too. */
export function usageBeside({ resources }: Plan): readonly Usage[] {
  const count = (wanted: string): number => resources.filter(({ kind }) => kind === wanted).length;
  const checks = count('route53-health-check-flip') * 2;
  const clusters = Math.min(1, count('arc-routing-control'));
  return [
    { part: 'health checks of the claims', price: 'healthCheck', quantity: checks, arithmetic: `${checks} checks` },
    {
      part: 'their options',
      price: 'healthCheckOption',
      quantity: checks * 2,
      arithmetic: `${checks} checks × string matching and 10 s`,
    },
    {
      part: 'ARC cluster',
      price: 'controlClusterHour',
      quantity: clusters * hoursAMonth,
      arithmetic: `${hoursAMonth} hours`,
    },
  ];
}
