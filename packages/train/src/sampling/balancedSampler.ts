import { requireKnownKeys } from "@mammo/mammogram";
import { patientTurns } from "./patientTurns.ts";

/** What the sampler must know of an example. */
export interface SampledItem {
  readonly patientId: string;
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
 * Batches balanced by class and, within a class, by patient: step -> indices into `items`.
 *
 * A label's patients come in a new order each epoch, every one once, with one of her examples of that label; the examples take turns from epoch to epoch.
 * So a woman with many images weighs no more than one with few. The indices are a pure function of (items, options, step): the step is the cursor.
 *
 * @throws RangeError where a label in `perBatch` has no example, or a label of the items no place in it.
 * @example
 * const sample = balancedSampler(views, { perBatch: { 0: 4, 1: 4 }, seed: 7 });
 * const batch = await load(sample(step).map((index) => views[index]));
 */
export function balancedSampler(items: readonly SampledItem[], options: BalancedSamplerOptions): (step: number) => number[] {
  requireKnownKeys("balancedSampler", options, { perBatch: true, seed: true });
  const { perBatch, seed } = options;
  const streams = Object.entries(perBatch).map(([label, count]) => {
    if (!(Number.isInteger(count) && count >= 0))
      throw new RangeError(`Expected a whole number of examples of label ${label} in a batch, got ${count}.`);
    return { count, at: patientTurns(items, Number(label), seed) };
  });
  const unplaced = items.find(({ label }) => !Object.hasOwn(perBatch, label));
  if (unplaced) throw new RangeError(`Expected the labels ${Object.keys(perBatch).join(", ")}, got an example of label ${unplaced.label}.`);
  return (step) => streams.flatMap(({ count, at }) => Array.from({ length: count }, (_, index) => at(step * count + index)));
}
