import { permutation } from "./permutation.ts";
import { randomAt } from "./randomAt.ts";

/** What the sampler must know of an example. */
export interface SampledItem {
  readonly woman: string;
  /** Class of the example; for images 0 or 1. */
  readonly label: number;
}

/** What is in every batch, and the seed of its draws. */
export interface BalancedSamplerOptions {
  /** Examples of each label in every batch: `{ 0: 4, 1: 4 }`. */
  readonly perBatch: Readonly<Record<number, number>>;
  readonly seed: number;
}

/**
 * Batches balanced by class and, within a class, by woman: step -> indices into `items`.
 *
 * A label's women come in a new order each epoch, every one once, with one of her examples of that label; the examples take turns from epoch to epoch.
 * So a woman with many pictures weighs no more than one with few. The indices are a pure function of (items, options, step): the step is the cursor.
 *
 * Throws RangeError where a label in `perBatch` has no example, or a label of the items no place in it.
 *
 * @example
 * const sample = balancedSampler(views, { perBatch: { 0: 4, 1: 4 }, seed: 7 });
 * const batch = await load(sample(step).map((index) => views[index]));
 */
export function balancedSampler(items: readonly SampledItem[], { perBatch, seed }: BalancedSamplerOptions): (step: number) => number[] {
  const streams = Object.entries(perBatch).map(([label, count]) => {
    if (!(Number.isInteger(count) && count >= 0))
      throw new RangeError(`Expected a whole number of examples of label ${label} in a batch, got ${count}.`);
    return { count, at: stream(items, Number(label), seed) };
  });
  const homeless = items.find(({ label }) => !Object.hasOwn(perBatch, label));
  if (homeless) throw new RangeError(`Expected the labels ${Object.keys(perBatch).join(", ")}, got an example of label ${homeless.label}.`);
  return (step) => streams.flatMap(({ count, at }) => Array.from({ length: count }, (_, index) => at(step * count + index)));
}

/** One label's endless row of examples: place -> index into the items. */
function stream(items: readonly SampledItem[], label: number, seed: number): (place: number) => number {
  const byWoman = new Map<string, number[]>();
  for (const [index, item] of items.entries()) if (item.label === label) byWoman.set(item.woman, [...(byWoman.get(item.woman) ?? []), index]);
  const women = [...byWoman.values()];
  if (women.length === 0) throw new RangeError(`Expected examples of label ${label}, got none.`);
  // Each woman's turns begin at another of her examples, else the first epoch would show left CC only.
  const offsets = [...byWoman.keys()].map((woman) => Math.floor(randomAt(seed, "turn", label, woman)() * byWoman.get(woman)!.length));
  let current = -1;
  let order = permutation(0);
  return (place) => {
    const epoch = Math.floor(place / women.length);
    // The last epoch's order is kept because places come one after the other; it is still a pure function of the place.
    if (epoch !== current) [current, order] = [epoch, permutation(women.length, seed, "epoch", label, epoch)];
    const woman = order[place % women.length]!;
    const examples = women[woman]!;
    return examples[(offsets[woman]! + epoch) % examples.length]!;
  };
}
