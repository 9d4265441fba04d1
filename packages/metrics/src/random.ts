/** Uniform whole numbers: `below(n)` is one of 0 ... n - 1, for n up to 2^32. */
export interface Random {
  below(n: number): number;
}

/**
 * A seeded generator, xoshiro128** (Blackman and Vigna 2018) started by splitmix32: integer arithmetic only, so the same numbers on every platform.
 *
 * Throws RangeError unless the seed is a whole number in [0, 2^32).
 */
export function seededRandom(seed: number): Random {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) throw new RangeError(`Expected seed to be a whole number in [0, 2^32), got ${seed}`);
  let state = seed | 0;
  const splitmix = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()] as [number, number, number, number];
  const next = () => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  // The bias of scaling 32 bits to n is below n / 2^32: nothing beside the noise of any bootstrap.
  return { below: (n) => Math.floor((next() / 2 ** 32) * n) };
}
