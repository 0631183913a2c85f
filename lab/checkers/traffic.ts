import type { AddressAnswer, Evidence } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

/**
 * An answer may still name the lost Region (nobody can prevent that), but never a living one that is not the writer, and
 * never an earlier writer once the later one was named.
 */
export function pointsAtTheWriter({ dnsAnswers, writers }: Evidence): Finding {
  if (dnsAnswers.length === 0) return unknown('no client asked for the name');
  let newest = Number.NEGATIVE_INFINITY;
  for (const { addresses, at } of dnsAnswers) {
    for (const address of addresses) {
      const region = writers.regionOf[address];
      if (region === undefined) return failed(`an answer named ${address}, which belongs to no Region`);
      const writableAt = writers.writableAt[region];
      if (writableAt === undefined) return failed(`an answer named ${region}, whose database never accepted writes`);
      if (at < writableAt)
        return failed(`${region} was answered ${(writableAt - at).toFixed(0)} ms before it was writable`);
      if (writableAt < newest) return failed(`an answer named ${region} again after it had named the newer writer`);
      newest = writableAt;
    }
  }
  return passed(`${dnsAnswers.length} answers: each named a Region whose database had become the writer`);
}

export function neverWithoutTarget({ dnsAnswers }: Evidence): Finding {
  if (dnsAnswers.length === 0) return unknown('no client asked for the name');
  const empty = dnsAnswers.filter(({ addresses }: AddressAnswer) => addresses.length === 0);
  if (empty.length > 0) return failed(`${empty.length} of ${dnsAnswers.length} answers had no address`);
  return passed(`${dnsAnswers.length} answers, each with an address`);
}
