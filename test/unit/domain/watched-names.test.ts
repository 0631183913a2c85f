import { describe, expect, it } from 'vitest';
import { canonicalValue, valueProblems } from '../../../shared/domain/dns.ts';
import { markerProblem, servedFrom, type WatchedNames, watchedProblems } from '../../../shared/domain/watched-names.ts';

const record = { name: 'www.shop.test', type: 'A' as const, primary: ['192.0.2.1'], recovery: ['192.0.2.2'] };
const names = (changes: Partial<WatchedNames> = {}): WatchedNames => ({
  markName: '_served.shop.test',
  nameServers: ['ns-1.example'],
  records: [record],
  ...changes,
});

describe('names that are watched', () => {
  it.each<[string, WatchedNames, readonly string[]]>([
    ['are fine', names(), []],
    ['are fine without any', names({ records: [] }), []],
    [
      'may have two types',
      names({ records: [record, { ...record, type: 'AAAA', primary: ['2001:db8::1'], recovery: ['2001:db8::2'] }] }),
      [],
    ],
    [
      'are named once',
      names({ records: [record, { ...record, name: 'WWW.shop.test.' }] }),
      ['www.shop.test A is named twice'],
    ],
    [
      'differ between the places',
      names({ records: [{ ...record, recovery: record.primary }] }),
      ['www.shop.test: primary and recovery are the same'],
    ],
    ['are not the marker', names({ markName: 'www.shop.test.' }), ['www.shop.test. is the marker, and no record']],
    [
      'have values of their type',
      names({ records: [{ ...record, recovery: ['elsewhere'] }] }),
      ['www.shop.test: elsewhere is no value of a record of type A'],
    ],
  ])('%s', (_what, watched, problems) => {
    expect(watchedProblems(watched)).toEqual(problems);
  });

  it('are expected with the values of the place that is served', () => {
    expect(servedFrom('recovery', names())).toEqual({
      markName: '_served.shop.test',
      mark: 'recovery',
      records: [{ name: 'www.shop.test', type: 'A', values: ['192.0.2.2'] }],
    });
  });
});

describe('a marker', () => {
  const says = (...values: string[]) => [{ server: 'ns-1', mark: { answered: true as const, values }, names: [] }];
  it.each<[string, Parameters<typeof markerProblem>[0], string | undefined]>([
    ['names a place', says('recovery'), undefined],
    ['may be unanswered', [{ server: 'ns-1', mark: { answered: false, why: 'no answer' }, names: [] }], undefined],
    ['names one place only', says('primary', 'recovery'), 'primary, recovery, not with'],
    ['names no other word', says('elsewhere'), 'with elsewhere, not with'],
    ['says something', says(), 'with nothing, not with'],
  ])('%s', (_what, servers, problem) => {
    const found = markerProblem(servers, names());
    expect(found?.includes(problem ?? '')).toBe(problem === undefined ? undefined : true);
  });
});

describe('values of records', () => {
  it('a CNAME has one', () => {
    expect(valueProblems('CNAME', ['a.example'])).toEqual([]);
    expect(valueProblems('CNAME', ['a.example', 'b.example'])).toEqual(['a CNAME has one value']);
    expect(valueProblems('A', ['192.0.2.1', '192.0.2.2'])).toEqual([]);
  });

  it('are compared in one spelling', () => {
    expect(canonicalValue('2001:0DB8::0:1', 'AAAA')).toBe('2001:db8::1');
    expect(canonicalValue('WWW.example.', 'CNAME')).toBe('www.example');
    expect(canonicalValue('192.0.2.1', 'A')).toBe('192.0.2.1');
    expect(canonicalValue('no address', 'AAAA')).toBe('no address');
  });
});
