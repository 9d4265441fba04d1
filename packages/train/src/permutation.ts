import { randomAt } from "./randomAt.ts";

/**
 * The numbers 0 … length − 1 in an order that is a pure function of the key, so that a place in an epoch is one integer (Fisher & Yates, in Durstenfeld's form).
 *
 * @example
 * const order = permutation(items.length, seed, epoch);
 */
export function permutation(length: number, ...key: readonly (string | number)[]): Int32Array {
  const random = randomAt(...key);
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
