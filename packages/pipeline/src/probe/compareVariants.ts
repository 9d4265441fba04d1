import { requireKnownKeys } from "@mammo/mammogram";
import { areaUnder, type BootstrapEstimate, bootstrap, bootstrapRoc, pairedDifference } from "@mammo/metrics";
import { type Interval, intervalOf } from "../predict/evaluateTestSet.ts";
import { poolBreasts } from "../predict/predictViews.ts";
import type { ProbedImage } from "./examineForProbe.ts";
import { type VariantName, variantNames } from "./variants.ts";

/** What taking something away does to a net's scores. */
export interface VariantChange {
  readonly from: VariantName;
  readonly to: VariantName;
  readonly images: number;
  /** Of them with another logit after it. */
  readonly changed: number;
  /** Mean of logit after less logit before, and of its size, over the images that are `changed`; 95 % intervals drawn by woman. NaN where none is. */
  readonly meanChange: Interval;
  readonly meanSize: Interval;
  /** Of cancer, by breast (mean of its views' logits), before and after, and after less before, paired; absent where one class has fewer than two women. */
  readonly auroc?: {
    readonly before: Interval;
    readonly after: Interval;
    readonly difference: Interval & { readonly p: number };
  };
}

/**
 * The scores of each variant of the images beside those of the variant before: whole to standard (what standardization takes away), standard to unmarked (lead markers in the breast),
 * unmarked to cut (the breast's edge). Intervals by bootstrap, whole women drawn.
 *
 * @throws RangeError for a seed that is no whole number in [0, 2^32), and a logit that is not finite.
 */
export function compareVariants(
  images: readonly ProbedImage[],
  options: { readonly seed: number; readonly resamples?: number },
): readonly VariantChange[] {
  requireKnownKeys("compareVariants", options, { seed: true, resamples: true });
  const { seed, resamples = 2000 } = options;
  for (const [at, { logits }] of images.entries())
    for (const name of variantNames)
      if (!Number.isFinite(logits[name])) throw new RangeError(`Expected finite logits, got ${logits[name]} at ${at} (${name})`);
  const drawing = { seed, resamples };
  const areas = areasOf(images, drawing);
  return variantNames.slice(1).map((to, step) => {
    const from = variantNames[step]!;
    const changes = images.map(({ logits }) => logits[to] - logits[from]);
    const changed = images.flatMap((_, index) => (changes[index] === 0 ? [] : [index]));
    const clusters = changed.map((index) => images[index]!.patientId);
    const meanOf = (sizeOf: (change: number) => number): Interval => {
      const values = changed.map((index) => sizeOf(changes[index]!));
      const mean = (sample: ArrayLike<number>) => Array.from(sample).reduce((sum, row) => sum + values[row]! / sample.length, 0);
      if (values.length === 0) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
      const estimate = mean(values.map((_, row) => row));
      // One woman has no interval.
      if (new Set(clusters).size < 2) return { estimate, low: Number.NaN, high: Number.NaN };
      const { low, high } = bootstrap(values.length, mean, { ...drawing, clusters });
      return { estimate, low, high };
    };
    const difference = areas && pairedDifference(areas[to], areas[from]);
    return {
      from,
      to,
      images: images.length,
      changed: changed.length,
      meanChange: meanOf((change) => change),
      meanSize: meanOf(Math.abs),
      ...(areas && difference
        ? { auroc: { before: intervalOf(areas[from]), after: intervalOf(areas[to]), difference: { ...intervalOf(difference), p: difference.p } } }
        : {}),
    };
  });
}

function areasOf(
  images: readonly ProbedImage[],
  options: { readonly seed: number; readonly resamples: number },
): Readonly<Record<VariantName, BootstrapEstimate>> | undefined {
  const known = images.filter(({ cancer }) => cancer !== undefined);
  const women = (label: 0 | 1) => new Set(known.filter(({ cancer }) => cancer === label).map(({ patientId }) => patientId)).size;
  if (women(0) < 2 || women(1) < 2) return undefined;
  const areaOf = (variant: VariantName) => {
    const breasts = poolBreasts(known.map((view) => ({ view, logit: view.logits[variant] })));
    const cases = {
      labels: breasts.map(({ cancer }) => cancer!),
      scores: breasts.map(({ logit }) => logit),
      clusters: breasts.map(({ patientId }) => patientId),
    };
    return bootstrapRoc(cases, { auroc: areaUnder }, options).auroc;
  };
  return Object.fromEntries(variantNames.map((variant) => [variant, areaOf(variant)])) as Record<VariantName, BootstrapEstimate>;
}
