/** A source of random numbers; each call moves it on. */
export interface Random {
  /** 32 random bits, unsigned. */
  bits(): number;
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole, uniform in 0 … count − 1, for a count up to 2^32. */
  below(count: number): number;
  /** Whole, uniform in [low, high]. */
  whole(low: number, high: number): number;
  /** Near-normal with mean 0 and deviation 1: the sum of twelve uniforms, within ±6, the same bits on every engine, since no logarithm is needed. */
  normal(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items, each as likely as the other. There must be one. */
  pick<T>(items: readonly T[]): T;
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/**
 * Random numbers that are a pure function of a key such as (seed, "texture", patient): the same key, the same numbers, on every machine; other keys give
 * independent streams, so that one draw can be added without moving another. Key it by seed and step and a resumed run draws what the
 * unstopped one would have drawn: there is no state to save. Not for secrets.
 *
 * xoroshiro128+ (Blackman and Vigna 2018, low words; the bits of the package `pure-rand`), started by a 32-bit hash of the key. Re-implementation.
 *
 * @example
 * const random = keyedRandom(seed, "augment", step);
 * const flip = random.chance(0.5);
 */
export function keyedRandom(...key: readonly (number | string)[]): Random {
  const bits = xoroshiro128plus(keyHash(...key));
  const uniform = () => bits() / 0x1_0000_0000;
  const below = (count: number) => Math.floor(count * (bits() / 0x1_0000_0000));
  return {
    bits,
    uniform,
    below,
    between: (low, high) => low + (high - low) * uniform(),
    whole: (low, high) => low + below(high - low + 1),
    normal: () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += uniform();
      return sum;
    },
    chance: (probability) => uniform() < probability,
    pick: (items) => items[below(items.length)]!,
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => {
      const keys = Object.keys(weights) as K[];
      let left = uniform() * keys.reduce((sum, key) => sum + weights[key], 0);
      for (const key of keys) if ((left -= weights[key]) < 0) return key;
      return keys[keys.length - 1]!;
    },
  };
}

/** 32 bits of a key: FNV-1a over its parts, each with its type and an end, then the finalizer of MurmurHash3. */
export function keyHash(...key: readonly (number | string)[]): number {
  let state = 0x811c9dc5;
  for (const part of key) {
    const text = `${typeof part}:${part}/`;
    for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** The generator's low words, unsigned. Its two 64-bit words are kept as four of 32 bits, in variables of their own: a bootstrap draws them by the hundred million. */
function xoroshiro128plus(seed: number): () => number {
  let high0 = -1;
  let low0 = ~seed;
  let high1 = seed | 0;
  let low1 = 0;
  return () => {
    const out = (low0 + low1) | 0;
    const low = low1 ^ low0;
    const high = high1 ^ high0;
    const turned = (low0 << 24) ^ (high0 >>> 8) ^ low ^ (low << 16);
    high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    low0 = turned;
    low1 = (high << 5) ^ (low >>> 27);
    high1 = (low << 5) ^ (high >>> 27);
    return out >>> 0;
  };
}

/**
 * The numbers 0 … length − 1 in an order that is a pure function of the key (Fisher and Yates, in Durstenfeld's form).
 *
 * @example
 * const order = permutation(items.length, seed, "epoch", epoch);
 */
export function permutation(length: number, ...key: readonly (number | string)[]): Int32Array {
  const random = keyedRandom(...key);
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
