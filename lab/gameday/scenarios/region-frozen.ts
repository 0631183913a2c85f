import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemNet } from '../../../shared/aws/net.ts';
import type { HttpAnswer } from '../../../shared/aws/outside.ts';
import type { Check } from '../../../shared/report/game-day-report.ts';
import type { ClientResult } from '../client/result.ts';
import type { Lab } from '../lab.ts';
import { addresses } from '../orders-address.ts';
import type { Scenario } from './scenario.ts';

export const regionFrozen: Scenario = {
  name: 'region-frozen',
  story:
    'Every process of the primary Region stops where it is, and wakes after the failover, sure of being in charge.',
  struck: 'was stopped where it was',
  settings: { synchronous: false },
  calmMs: 3000,
  strike: async (lab) => lab.freezeRegion('primary'),
  deadlineMs: 20_000,
  watchMs: 1000,
  aftermath: wakeTheOldPrimary,
};

const writeToItForMs = 1500;

/** Somebody still has the old address, and writes to it from the first moment on. */
async function wakeTheOldPrimary(lab: Lab): Promise<(result: ClientResult) => readonly Check[]> {
  const region = lab.plan.regions.primary;
  lab.thawRegion('primary');
  const thawedAt = performance.timeOrigin + performance.now();
  const answers: HttpAnswer[] = [];
  while (performance.timeOrigin + performance.now() < thawedAt + writeToItForMs) {
    answers.push(await order(lab));
    await sleep(10);
  }
  return ({ acknowledgements }) => [
    refusedToWrite(region, answers),
    nothingToldByIt(
      region,
      acknowledgements.filter((one) => one.region === region && one.acknowledgedAt > thawedAt),
    ),
  ];
}

function order({ plan }: Lab): Promise<HttpAnswer> {
  const url = `${portOf(plan.policy.lease?.gate.primary)}/orders`;
  const body = JSON.stringify({ id: randomUUID(), item: 'to the old address', amountCents: 1 });
  return systemNet().http({ method: 'POST', url, body, timeoutMs: 300 });
}

/** Both Regions serve at one port, which the plan's gates tell. */
const portOf = (gate = ''): string => `http://${addresses.primary}:${new URL(gate).port}`;

function refusedToWrite(region: string, answers: readonly HttpAnswer[]): Check {
  const written = answers.filter((answer) => answer.answered && answer.status < 300);
  const refused = answers.filter((answer) => answer.answered && answer.status === 503 && isHeldToTheLease(answer.body));
  const title = 'The woken Region refuses to write';
  if (written.length > 0) {
    return { id: 'I1 zombie', title, verdict: 'failed', why: `${region} took ${written.length} orders after it woke` };
  }
  const why = `${refused.length} of ${answers.length} orders to ${region} were answered 503 for want of a lease, none was taken`;
  return { id: 'I1 zombie', title, verdict: refused.length > 0 ? 'passed' : 'unknown', why };
}

/** By the gate at the commit, or because the database has been closed since. */
const isHeldToTheLease = (body: string): boolean => body.includes('"no-lease"') || body.includes('"read-only"');

function nothingToldByIt(region: string, told: readonly unknown[]): Check {
  const title = 'No client hears from the woken Region';
  if (told.length > 0) {
    return { id: 'I1 zombie', title, verdict: 'failed', why: `${told.length} orders were acknowledged by ${region}` };
  }
  return { id: 'I1 zombie', title, verdict: 'passed', why: `${region} acknowledged nothing after it woke` };
}
