import type { HttpAnswer, HttpRequest, Outside } from '../aws/outside.ts';
import type { WriteLease } from '../domain/lease.ts';
import type { Plan } from '../domain/plan.ts';
import { places } from '../domain/run.ts';

/**
 * The application's side of the lease: one address in each Region, behind which every commit is refused unless a grant is
 * running. It is asked, not trusted: a gate that does not answer closes by itself when its grant ends.
 */
export interface Gate {
  /** @returns undefined when the gate has taken the grant, else why not */
  open(grant: WriteLease): Promise<string | undefined>;
  /**
   * Closed under this epoch: a grant of a lower one that is still on its way is refused from then on.
   * @returns undefined when the gate is shut, else why that is not known
   */
  shut(epoch: number): Promise<string | undefined>;
  /** @returns undefined when the gate is closed, else why that is not known */
  close(grant: Pick<WriteLease, 'epoch'>): Promise<string | undefined>;
}

/** The gate of one Region of the plan; undefined when the plan has no lease or no gate there. */
export function gateOf(plan: Plan, region: string, outside: Outside): Gate | undefined {
  const place = places.find((one) => plan.regions[one] === region);
  const url = place === undefined ? undefined : plan.policy.lease?.gate[place];
  if (url === undefined) return undefined;
  const timeoutMs = plan.pace.callTimeoutSeconds * 1000;
  const ask = async (method: HttpRequest['method'], body: object): Promise<string | undefined> =>
    trouble(
      url,
      await outside.http({
        method,
        url,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
        timeoutMs,
      }),
    );
  return {
    open: ({ epoch, expiresAt }) => ask('PUT', { epoch, expiresAt }),
    // A grant that is over: nothing else makes the gate forget the ones before.
    shut: (epoch) => ask('PUT', { epoch, expiresAt: 0 }),
    close: ({ epoch }) => ask('DELETE', { epoch }),
  };
}

function trouble(url: string, answer: HttpAnswer): string | undefined {
  if (!answer.answered) return `the gate ${url} does not answer: ${answer.why}`;
  if (answer.status >= 200 && answer.status < 300) return undefined;
  return `the gate ${url} answers ${answer.status}: ${answer.body.slice(0, 200)}`;
}
