import { randomAt } from "@mammo/train";

/** Draws that depend on nothing but the seed and the key: batch 17 of S1 is the same in a run that was never stopped and in one that was resumed. */
export interface Draw {
  /** Uniform in [low, high). */
  real(low: number, high: number): number;
  /** Uniform in 0 … count − 1. */
  index(count: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function drawFrom(seed: number, ...key: readonly (string | number)[]): Draw {
  const next = randomAt(seed, ...key);
  const index = (count: number) => Math.floor(next() * count);
  return {
    index,
    real: (low, high) => low + (high - low) * next(),
    chance: (probability) => next() < probability,
    pick: (items) => items[index(items.length)]!,
  };
}
