/** A stream of chance. The same seed and name give the same numbers, whatever other streams were asked for. */
export interface Chance {
  /** 0 ≤ next() < 1. */
  next(): number;
  between(low: number, high: number): number;
  /** A whole number from 0 to `count` − 1. */
  below(count: number): number;
  isHit(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** A stream of its own, so that one more question here changes no answer there. */
  fork(name: string): Chance;
}

export function chanceOf(seed: number, name = ''): Chance {
  const next = sfc32(hashesOf(`${seed} ${name}`));
  const between = (low: number, high: number): number => low + next() * (high - low);
  const below = (count: number): number => Math.floor(next() * count);
  return {
    next,
    between,
    below,
    isHit: (probability) => next() < probability,
    pick: (list) => list[below(list.length)] ?? list[0],
    fork: (inner) => chanceOf(seed, `${name}/${inner}`),
  };
}

/** 0 ≤ result < 1, from the seed and a name alone: a coin that was tossed before anybody asked. */
export function coin(seed: number, name: string): number {
  return (hashesOf(`${seed} ${name}`)[0] >>> 0) / 2 ** 32;
}

type Four = readonly [number, number, number, number];

/** Four 32-bit hashes (MurmurHash3's mixing, public domain) of a text. */
function hashesOf(text: string): Four {
  let [a, b, c, d] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597_399_067);
    b = c ^ Math.imul(b ^ code, 2_869_860_233);
    c = d ^ Math.imul(c ^ code, 951_274_213);
    d = a ^ Math.imul(d ^ code, 2_716_044_179);
  }
  return [mixed(a ^ c), mixed(b ^ d), mixed(c ^ b), mixed(d ^ a)];
}

function mixed(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 2_246_822_507);
  const second = Math.imul(first ^ (first >>> 13), 3_266_489_909);
  return second ^ (second >>> 16);
}

/** Chris Doty-Humphrey's Small Fast Counter, 32 bits (PractRand, public domain). */
function sfc32([one, two, three, four]: Four): () => number {
  let [a, b, c, d] = [one | 0, two | 0, three | 0, four | 0];
  return () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}
