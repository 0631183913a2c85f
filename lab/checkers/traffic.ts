import type { AddressAnswer, Evidence } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

/**
 * An answer may still name a Region that was lost (nobody can prevent that), but never a living one that is not a writer,
 * and never an earlier writer once a later one was named.
 */
export function pointsAtTheWriter({ dnsAnswers, writers }: Evidence): Finding {
  if (dnsAnswers.length === 0) return unknown('no client asked for the name');
  let newest = 0;
  for (const { addresses, at } of dnsAnswers) {
    for (const address of addresses) {
      const region = writers.regionOf[address];
      if (region === undefined) return failed(`an answer named ${address}, which belongs to no Region`);
      const term = writers.terms.findLastIndex((one) => one.region === region && one.since <= at);
      const { until } = writers.terms[term] ?? {};
      if (term < 0) return failed(notYet(region, at, writers));
      if (until !== undefined && at > until)
        return failed(`${region} was answered ${(at - until).toFixed(0)} ms after it had become a standby`);
      if (term < newest) return failed(`an answer named ${region} again after it had named the newer writer`);
      newest = term;
    }
  }
  return passed(`${dnsAnswers.length} answers: each named a Region whose database had become the writer`);
}

function notYet(region: string, at: number, { terms }: Evidence['writers']): string {
  const first = terms.find((one) => one.region === region);
  if (first === undefined) return `an answer named ${region}, whose database never accepted writes`;
  return `${region} was answered ${(first.since - at).toFixed(0)} ms before it was writable`;
}

export function neverWithoutTarget({ dnsAnswers }: Evidence): Finding {
  if (dnsAnswers.length === 0) return unknown('no client asked for the name');
  const empty = dnsAnswers.filter(({ addresses }: AddressAnswer) => addresses.length === 0);
  if (empty.length > 0) return failed(`${empty.length} of ${dnsAnswers.length} answers had no address`);
  return passed(`${dnsAnswers.length} answers, each with an address`);
}
