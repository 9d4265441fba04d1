import { requireKnownKeys } from "@mammo/mammogram";
import type { SampledItem } from "./balancedSampler.ts";
import { patientTurns } from "./patientTurns.ts";

/** How many examples a batch has, and how many of all are positive. */
export interface RateSamplerOptions {
  /** Examples of a batch. */
  readonly size: number;
  /** Share of positive examples, in (0, 1): also one that no single batch can have, such as 0.1 of batches of four. */
  readonly positiveRate: number;
  readonly seed: number;
}

/**
 * Batches with a share of positives, by woman: step -> indices into `items`, labels 0 and 1. Of the first n examples, n · `positiveRate` are positive at any n, to less
 * than one; women and their examples take turns as in `balancedSampler`. A pure function of (items, options, step). Ours.
 *
 * @throws RangeError for a size that is no whole number above 0, a rate outside (0, 1), a label other than 0 and 1, or a label without an example.
 * @example
 * const sample = rateSampler(views, { size: 4, positiveRate: 0.1, seed: 7 });
 * const batch = await load(sample(step).map((index) => views[index]));
 */
export function rateSampler(items: readonly SampledItem[], options: RateSamplerOptions): (step: number) => number[] {
  requireKnownKeys("rateSampler", options, { size: true, positiveRate: true, seed: true });
  const { size, positiveRate, seed } = options;
  if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`Expected a batch of a whole number of examples above 0, got ${size}.`);
  if (!(positiveRate > 0 && positiveRate < 1)) throw new RangeError(`Expected a rate of positives in (0, 1), got ${positiveRate}.`);
  const other = items.find(({ label }) => label !== 0 && label !== 1);
  if (other) throw new RangeError(`Expected the labels 0 and 1, got an example of label ${other.label}.`);
  const [negative, positive] = [patientTurns(items, 0, seed), patientTurns(items, 1, seed)];
  // 100 draws at a rate of 0.29 are 29, though their product is a rounding below.
  const positivesBefore = (position: number) => Math.floor(position * positiveRate + 1e-9);
  return (step) =>
    Array.from({ length: size }, (_, index) => {
      const position = step * size + index;
      const before = positivesBefore(position);
      return positivesBefore(position + 1) > before ? positive(before) : negative(position - before);
    });
}
