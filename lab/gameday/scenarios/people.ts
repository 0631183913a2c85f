import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemNet } from '../../../shared/aws/net.ts';
import type { Place } from '../../../shared/domain/run.ts';
import type { DirectOrder } from '../../checkers/evidence.ts';
import { nowMs } from '../faults/fault.ts';
import { people, type ScenarioStep, type Stage } from './steps.ts';

/** Somebody still has a Region's own address, and sends orders to it again and again, in whatever state it is. */
export const writesDirectly = (place: Place, { forSeconds }: { readonly forSeconds: number }): ScenarioStep =>
  people(`somebody writes to the address of the ${place} Region`, async (stage) => {
    const giveUpAt = nowMs() + forSeconds * 1000;
    while (nowMs() < giveUpAt) {
      stage.directOrders.push(await order(stage, place));
      await sleep(10);
    }
  });

async function order({ lab }: Stage, place: Place): Promise<DirectOrder> {
  const { address, name: region } = lab.regions[place];
  const body = JSON.stringify({ id: randomUUID(), item: 'to the old address', amountCents: 1 });
  const url = `http://${address}:${lab.site.port}/orders`;
  const answer = await systemNet().http({ method: 'POST', url, body, timeoutMs: 300 });
  const at = nowMs();
  if (!answer.answered) return { region, at, outcome: 'unanswered', reason: answer.why };
  const { reason = '' } = JSON.parse(answer.body) as { readonly reason?: string };
  return { region, at, outcome: answer.status < 300 ? 'taken' : 'refused', reason };
}
