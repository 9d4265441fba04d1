import { keyedRandom, permutation } from "@mammo/mammogram";

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
export function balancedSampler(items: readonly SampledItem[], { perBatch, seed }: BalancedSamplerOptions): (step: number) => number[] {
  const streams = Object.entries(perBatch).map(([label, count]) => {
    if (!(Number.isInteger(count) && count >= 0))
      throw new RangeError(`Expected a whole number of examples of label ${label} in a batch, got ${count}.`);
    return { count, at: stream(items, Number(label), seed) };
  });
  const unplaced = items.find(({ label }) => !Object.hasOwn(perBatch, label));
  if (unplaced) throw new RangeError(`Expected the labels ${Object.keys(perBatch).join(", ")}, got an example of label ${unplaced.label}.`);
  return (step) => streams.flatMap(({ count, at }) => Array.from({ length: count }, (_, index) => at(step * count + index)));
}

/** One label's endless sequence of examples: position -> index into the items. */
function stream(items: readonly SampledItem[], label: number, seed: number): (position: number) => number {
  const byPatient = new Map<string, number[]>();
  for (const [index, { label: own, patientId }] of items.entries()) {
    if (own === label) byPatient.set(patientId, [...(byPatient.get(patientId) ?? []), index]);
  }
  const patients = [...byPatient.values()];
  if (patients.length === 0) throw new RangeError(`Expected examples of label ${label}, got none.`);
  // Each patient's turns begin at another of her examples, else the first epoch would show left CC only.
  const offsets = [...byPatient].map(([patientId, own]) => keyedRandom(seed, "turn", label, patientId).below(own.length));
  let current = -1;
  let order = permutation(0);
  return (position) => {
    const epoch = Math.floor(position / patients.length);
    // The last epoch's order is kept because positions come one after the other; it is still a pure function of the position.
    if (epoch !== current) [current, order] = [epoch, permutation(patients.length, seed, "epoch", label, epoch)];
    const patient = order[position % patients.length]!;
    const examples = patients[patient]!;
    return examples[(offsets[patient]! + epoch) % examples.length]!;
  };
}
