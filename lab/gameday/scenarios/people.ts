import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemNet } from '../../../shared/aws/net.ts';
import type { Need } from '../../../shared/domain/approval.ts';
import { askedIn, decideDirective } from '../../../shared/domain/directive.ts';
import type { Place } from '../../../shared/domain/run.ts';
import type { DirectOrder } from '../../checkers/evidence.ts';
import { nowMs } from '../faults/fault.ts';
import { coordinationOf } from '../run-log.ts';
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

/**
 * A person says what becomes of the run that waits, as `understudy approve`, `decline` and `hold` do. If none waits, that is
 * told, and the expectations judge what comes of it.
 */
export const says = (saying: Saying): ScenarioStep =>
  people(`a person says ${saying.type}`, async ({ lab, marks }) => {
    const { directives, journal, lock } = coordinationOf(lab);
    const { runId = '' } = (await lock.charge(lab.plan.application)) ?? {};
    const at = Math.round(nowMs());
    const decided = decideDirective({
      directive: { ...saying, by: 'game day', reason: 'the scenario says so', at, expiresAt: at + validMs },
      now: at,
      isActive: true,
      asked: askedIn(await journal.read(runId)),
    });
    if (decided.accepted) await directives.record(runId, decided.directive);
    else marks.push({ at, event: 'people', why: `nobody can say ${saying.type}: ${decided.why}` });
  });

type Saying =
  | { readonly type: 'approve'; readonly needs: readonly Need[] }
  | { readonly type: 'decline' | 'resume' | 'stop' };

const validMs = 60_000;

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
