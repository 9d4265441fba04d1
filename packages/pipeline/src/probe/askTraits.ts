import { applyLinearProbe, crossFit, fitLinearProbe } from "@mammo/ensemble";
import { quantile, sortedNumbers } from "@mammo/mammogram";
import { areaUnder, bootstrapRoc } from "@mammo/metrics";
import { groupBy } from "../groupBy.ts";
import type { Interval } from "../predict/evaluateTestSet.ts";
import type { ProbedImage } from "./examineForProbe.ts";

/** How well a net's features tell one value of a trait from the others. */
export interface AskedTrait {
  readonly trait: string;
  /** The value that counts as 1, and the other one, or "others" where there are several. */
  readonly value: string;
  readonly against: string;
  readonly images: number;
  /** Of them with the value. */
  readonly positives: number;
  readonly women: number;
  /** Of the held-out scores of a linear probe; 95 % interval drawn by woman. 0.5: the features do not tell. */
  readonly auroc: Interval;
}

/** A trait, or one value of it, that could not be asked. */
export interface UnaskedTrait {
  readonly trait: string;
  readonly why: string;
}

/** Folds, draws, and how few are too few. */
export interface AskOptions {
  /** Of the folds and of the draws. */
  readonly seed: number;
  /** Women with the value, and women without, that a question needs. Default 10. */
  readonly fewestWomen?: number;
  /** Default 5. */
  readonly folds?: number;
  /** Bootstrap resamples. Default 2000. */
  readonly resamples?: number;
}

/**
 * Asks a net's features for each trait of the images: a linear probe is fitted to four fifths of the women and judged on the others, fold by fold. A trait of two values is one
 * question, one of more is a question a value.
 *
 * What a probe finds is there to be used, not used: whether the score hangs on it, `compareLooks` tells. Scores leave out a fold's intercept, which says how common a value was among the
 * women it was fitted to, and would push the area of a trait that cannot be told below one half.
 *
 * @throws RangeError for fewestWomen below 1, and as `dealFolds` for seed and folds.
 * @example const { asked } = askTraits(images, { seed: 1 });
 */
export function askTraits(
  images: readonly ProbedImage[],
  { seed, fewestWomen = 10, folds = 5, resamples = 2000 }: AskOptions,
): { readonly asked: readonly AskedTrait[]; readonly unasked: readonly UnaskedTrait[] } {
  if (!(fewestWomen >= 1)) throw new RangeError(`Expected fewestWomen of at least 1, got ${fewestWomen}`);
  const asked: AskedTrait[] = [];
  const unasked: UnaskedTrait[] = [];
  for (const [trait, valueIn] of Object.entries(traitsOf(images))) {
    const known = images.filter((image) => valueIn(image) !== undefined);
    const values = [...groupBy(known, (image) => valueIn(image)!)].sort(([a, own], [b, others]) => own.length - others.length || (a < b ? 1 : -1));
    if (values.length < 2) {
      unasked.push({ trait, why: values.length === 0 ? "known of no image" : `the same in all ${known.length} images: ${values[0]![0]}` });
      continue;
    }
    // Of two values "yes", or else the rarer one; the question about the other is the same.
    if (values.length === 2) values.sort(([a], [b]) => Number(b === "yes") - Number(a === "yes"));
    for (const [value, own] of values.length === 2 ? values.slice(0, 1) : values) {
      const labels = known.map((image) => (valueIn(image) === value ? 1 : 0));
      const groups = known.map(({ patientId }) => patientId);
      const women = [own, known.filter((image) => valueIn(image) !== value)].map((part) => new Set(part.map(({ patientId }) => patientId)).size);
      const tooFew = women.findIndex((count) => count < fewestWomen);
      const least = Math.max(fewestWomen, 1);
      const all = new Set(groups).size;
      if (tooFew >= 0 || all < folds) {
        unasked.push({ trait: `${trait}: ${value}`, why: `${women[0]} women with it and ${women[1]} without, at least ${least} each are needed` });
        continue;
      }
      const scores = heldOutScores(known, labels, { groups, folds, seed });
      if (scores === undefined) {
        unasked.push({ trait: `${trait}: ${value}`, why: "all images with it, or without it, fell into one fold" });
        continue;
      }
      const { auroc } = bootstrapRoc({ labels, scores, clusters: groups }, { auroc: areaUnder }, { seed, resamples });
      asked.push({
        trait,
        value,
        against: values.length === 2 ? values[1]![0] : "others",
        images: known.length,
        positives: own.length,
        women: all,
        auroc: { estimate: auroc.estimate, low: auroc.low, high: auroc.high },
      });
    }
  }
  return { asked, unasked };
}

type ValueIn = (image: ProbedImage) => string | undefined;

/** Each trait that any image has, and the border, of which half of the images have more than the others. */
function traitsOf(images: readonly ProbedImage[]): Readonly<Record<string, ValueIn>> {
  const names = new Set(images.flatMap(({ traits }) => Object.keys(traits)));
  const middle = quantile(sortedNumbers(images.map(({ border }) => border)), 0.5);
  return {
    ...Object.fromEntries(
      [...names].map((name): [string, ValueIn] => [name, ({ traits }) => (Object.hasOwn(traits, name) ? traits[name] : undefined)]),
    ),
    "bright border": ({ border }) => (border > middle ? "more" : "less"),
  };
}

function heldOutScores(
  images: readonly ProbedImage[],
  labels: readonly number[],
  folds: { readonly groups: readonly string[]; readonly folds: number; readonly seed: number },
): Float64Array | undefined {
  let isWhole = true;
  const scores = crossFit(labels, folds, (train) => {
    const own = train.map((index) => labels[index]!);
    if (!own.includes(0) || !own.includes(1)) {
      isWhole = false;
      return () => 0;
    }
    const probe = fitLinearProbe(
      train.map((index) => images[index]!.features),
      own,
    );
    return (index) => applyLinearProbe({ ...probe, intercept: 0 }, images[index]!.features);
  });
  return isWhole ? scores : undefined;
}
