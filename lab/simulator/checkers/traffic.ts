import { type Instant, places } from '../../../shared/domain/run.ts';
import { type Finding, failed, passed, unknown } from '../../checkers/finding.ts';
import { addresses } from '../../gameday/orders-address.ts';
import type { DayHistory } from '../history.ts';
import { clock, effectsOf, leaseWrites, pointedPlace } from './facts.ts';

/**
 * I3. Each time traffic is pointed, the Region it is pointed to must have the writer and the write lease (if the plan has one) at that moment; and
 * no answer may name a Region whose database never became the writer.
 */
export function pointsAtTheWriter(history: DayHistory): Finding {
  const { answers, plan } = history;
  const leases = leaseWrites(history);
  for (const { appliedAt, call } of effectsOf(history)) {
    const place = pointedPlace(call);
    const region = places.map((one) => [one, plan.regions[one]] as const).find(([one]) => one === place)?.[1];
    if (region === undefined) continue;
    const what = `traffic was pointed to ${region} at ${clock(appliedAt, history)}`;
    if (writerAt(appliedAt, history) !== region) return failed(`${what}, whose database was not the writer`);
    const holder = leases.findLast(({ at }) => at <= appliedAt)?.holder;
    if (plan.policy.lease !== undefined && holder !== region)
      return failed(`${what}, while ${holder} held the write lease`);
  }
  for (const { addresses: told, at } of answers) {
    const region = places
      .map((place) => plan.regions[place])
      .find((_, index) => told.includes(addresses[places[index] ?? 'primary']));
    if (region !== undefined && !isWriter(region, at, history))
      return failed(`an answer at ${clock(at, history)} named ${region}, whose database was not the writer`);
  }
  return answers.length === 0 ? unknown('no client asked for the name') : passed(`${answers.length} answers`);
}

/** The database that became the writer last. */
const writerAt = (at: Instant, { plan, promotions }: DayHistory): string =>
  promotions.findLast((one) => one.at <= at)?.region ?? plan.regions.primary;

function isWriter(region: string, at: Instant, { plan, promotions }: DayHistory): boolean {
  return region === plan.regions.primary || promotions.some((one) => one.region === region && one.at <= at);
}

/** I4. */
export function neverWithoutTarget(history: DayHistory): Finding {
  const { answers } = history;
  if (answers.length === 0) return unknown('no client asked for the name');
  const empty = answers.find(({ addresses: told }) => told.length === 0);
  if (empty !== undefined) return failed(`the answer at ${clock(empty.at, history)} had no address`);
  return passed(`${answers.length} answers, each with an address`);
}
