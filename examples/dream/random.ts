import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { sha256 } from "../shared/files.ts";

/** Draws that depend on nothing but the key: batch 17 of stage S1 is the same in a run that was never stopped and in one that was resumed. */
export interface Draw {
  /** Uniform in [low, high). */
  real(low: number, high: number): number;
  /** Uniform in 0 … count − 1. */
  index(count: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function drawFrom(...key: readonly (string | number)[]): Draw {
  const generator = xoroshiro128plus(Number.parseInt(sha256(key.join("/")).slice(0, 8), 16) | 0);
  const real = (low: number, high: number) => low + (high - low) * uniformFloat64(generator);
  const index = (count: number) => uniformInt(generator, 0, count - 1);
  return { real, index, chance: (probability) => real(0, 1) < probability, pick: (items) => items[index(items.length)]! };
}
