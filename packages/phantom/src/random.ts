import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of random numbers; each call moves it on. */
export interface Random {
  /** 32 random bits, unsigned. */
  bits(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole, uniform in [low, high]. */
  whole(low: number, high: number): number;
  /** Near-normal with mean 0 and deviation 1 (sum of twelve uniforms: within +-6, and the same bits on every engine, as no logarithm is needed). */
  normal(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/**
 * The stream that belongs to a path such as (seed, woman, "texture"): other paths give independent streams, so that one part of a phantom can
 * change without moving the dice of another.
 *
 * @example stream(7, 12, "lesion").between(0, 1);
 */
export function stream(...path: readonly (number | string)[]): Random {
  const generator = xoroshiro128plus(hash(...path));
  const bits = () => generator.next() >>> 0;
  const uniform = () => bits() / 0x1_0000_0000;
  return {
    bits,
    between: (low, high) => low + (high - low) * uniform(),
    whole: (low, high) => low + Math.floor((high - low + 1) * uniform()),
    normal: () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += uniform();
      return sum;
    },
    chance: (probability) => uniform() < probability,
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => {
      const keys = Object.keys(weights) as K[];
      let left = uniform() * keys.reduce((sum, key) => sum + weights[key], 0);
      for (const key of keys) if ((left -= weights[key]) < 0) return key;
      return keys[keys.length - 1]!;
    },
  };
}

/** 32 bits from a path: FNV-1a over its text, then the finalizer of MurmurHash3. */
export function hash(...path: readonly (number | string)[]): number {
  let state = 0x811c9dc5;
  for (const part of path) {
    const text = `${typeof part}:${part}/`;
    for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
