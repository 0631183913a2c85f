import { describe, expect, it } from 'vitest';
import { type Answer, type Expected, type ServerFacts, shownBy } from '../../../shared/domain/name-servers.ts';

const expected: Expected = { markName: '_epoch.shop.example', mark: 'epoch=7', records: [] };
const says = (...values: string[]): Answer => ({ answered: true, values });
const silent: Answer = { answered: false, why: 'no answer within 1000 ms' };
const server = (name: string, mark: Answer): ServerFacts => ({ server: name, mark, names: [] });

describe('what the authoritative servers show', () => {
  it('is what every one of them says that answers', () => {
    const shown = shownBy([server('ns-1', says('epoch=7')), server('ns-2', silent)], expected);
    expect(shown).toEqual({ shown: true, where: '1 of 2 authoritative servers' });
  });

  it('is nothing when none answers', () => {
    expect(shownBy([server('ns-1', silent)], expected)).toEqual({
      shown: false,
      why: 'none of the authoritative servers answers',
    });
  });

  it('is doubted in at most three words', () => {
    const old = ['ns-1', 'ns-2', 'ns-3', 'ns-4'].map((name) => server(name, says('epoch=6')));
    const shown = shownBy(old, expected);
    expect(shown.shown).toBe(false);
    expect('why' in shown ? shown.why.split(' · ') : []).toEqual([
      'ns-1 still answers _epoch.shop.example with epoch=6',
      'ns-2 still answers _epoch.shop.example with epoch=6',
      'ns-3 still answers _epoch.shop.example with epoch=6',
    ]);
  });

  it('may be no mark at all', () => {
    expect(shownBy([server('ns-1', says())], expected)).toMatchObject({
      why: 'ns-1 still answers _epoch.shop.example with nothing',
    });
  });
});
