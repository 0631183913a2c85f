import type { HttpAnswer } from '../../shared/aws/outside.ts';
import type { Instant } from '../../shared/domain/run.ts';
import { type Grant, parseGrant } from '../gameday/orders/grant.ts';

export const json = (status: number, body: object): HttpAnswer => ({
  answered: true,
  status,
  body: JSON.stringify(body),
});

/**
 * The gate at the commit of each Region's database, as lab/gameday/orders/schema.ts builds it: one row with the newest
 * grant, whose end is compared with the clock of that database. A grant is one Region's own, so a copy opens no gate.
 */
export function openGate(localNow: (region: string) => Instant, isNeeded: boolean) {
  const grants = new Map<string, Grant>();
  return {
    /** Under which epoch a commit may be made now; undefined when the gate is closed, and 0 where none is needed. */
    epochIn(region: string): number | undefined {
      if (!isNeeded) return 0;
      const grant = grants.get(region);
      return grant === undefined || localNow(region) >= grant.expiresAt ? undefined : grant.epoch;
    },
    take(region: string, body: string): HttpAnswer {
      const grant = parseGrant(body, ['epoch', 'expiresAt']);
      if ('problem' in grant) return json(400, grant);
      const before = grants.get(region);
      if (before !== undefined && before.epoch > grant.epoch) return json(409, { reason: 'stale-epoch' });
      const isSame = before?.epoch === grant.epoch;
      const expiresAt = isSame ? Math.max(before.expiresAt, grant.expiresAt) : grant.expiresAt;
      grants.set(region, { epoch: grant.epoch, expiresAt });
      return json(200, grant);
    },
    end(region: string, body: string): HttpAnswer {
      const grant = parseGrant(body, ['epoch']);
      if ('problem' in grant) return json(400, grant);
      const before = grants.get(region);
      if (before !== undefined && before.epoch <= grant.epoch) {
        grants.set(region, { ...before, expiresAt: Math.min(before.expiresAt, localNow(region)) });
      }
      return json(200, grant);
    },
  };
}
