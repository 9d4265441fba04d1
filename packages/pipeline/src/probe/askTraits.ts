import { applyLinearProbe, crossFit, fitLinearProbe } from "@mammo/ensemble";
import { quantile, requireKnownKeys, sortedNumbers } from "@mammo/mammogram";
import { areaUnder, bootstrapRoc } from "@mammo/metrics";
import { groupBy } from "../groupBy.ts";
import { type Interval, intervalOf } from "../predict/evaluateTestSet.ts";
import type { ProbedImage } from "./examineForProbe.ts";
import { foldSeeds } from "./foldSeeds.ts";
import { permutationP } from "./permutationP.ts";

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
  /**
   * Of the held-out scores of a linear probe, averaged over deals of the folds. 0.5: the features do not tell. The 95 % interval is drawn by woman given the fitted probes: that these were
   * fitted to the same women it does not know, so it is too narrow, and decides nothing.
   */
  readonly auroc: Interval;
  /** How often a trait that is not told reaches such an AUROC: one-sided, the trait exchanged among women and the probe fitted anew. */
  readonly p: number;
  /** p of at most 0.05. */
  readonly isTold: boolean;
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
  /** Women with the value, and women without, that a question needs. Default 20. */
  readonly fewestWomen?: number;
  /** Default 5. */
  readonly folds?: number;
  /** How often the folds are dealt. Default 5. */
  readonly repeats?: number;
  /** How often a trait is exchanged among women. Default 199: no p is below 0.005. */
  readonly permutations?: number;
  /** Bootstrap resamples. Default 2000. */
  readonly resamples?: number;
}

export const askOptionNames = {
  seed: true,
  fewestWomen: true,
  folds: true,
  repeats: true,
  permutations: true,
  resamples: true,
} satisfies Record<keyof AskOptions, true>;

/** What `askTraits` does unless told otherwise. */
export const askDefaults = { fewestWomen: 20, folds: 5, repeats: 5, permutations: 199, resamples: 2000 } as const satisfies Omit<AskOptions, "seed">;

/** Of `p`: what is called told. */
const mostP = 0.05;

/**
 * Asks a net's features for each trait of the images: a linear probe is fitted to all women but those of one fold and judged on these, fold by fold, and again for other deals of the folds. A trait
 * of two values is one question, one of more is a question a value. What is told, the permutation test says.
 *
 * What a probe finds is there to be used, not used: whether the score hangs on it, `compareVariants` tells. Scores leave out a fold's intercept, which says how common a value was among the
 * women it was fitted to, and would push the area of a trait that cannot be told below one half.
 *
 * @throws RangeError for fewestWomen, repeats or permutations that are no whole number of at least 1, a border that is not finite, and as `dealFolds` for seed and folds.
 * @example const { asked } = askTraits(images, { seed: 1 });
 */
export function askTraits(
  images: readonly ProbedImage[],
  options: AskOptions,
): { readonly asked: readonly AskedTrait[]; readonly unasked: readonly UnaskedTrait[] } {
  requireKnownKeys("askTraits", options, askOptionNames);
  const { seed, fewestWomen, folds, repeats, permutations, resamples } = { ...askDefaults, ...options };
  for (const [name, count] of Object.entries({ fewestWomen, repeats, permutations }))
    if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`Expected ${name} to be a whole number of at least 1, got ${count}`);
  for (const [at, { border }] of images.entries())
    if (!Number.isFinite(border)) throw new RangeError(`Expected a finite border of each image, got ${border} at ${at}`);
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
      const all = new Set(groups).size;
      if (women.some((count) => count < fewestWomen)) {
        unasked.push({
          trait: `${trait}: ${value}`,
          why: `${women[0]} women with it and ${women[1]} without, at least ${fewestWomen} each are needed`,
        });
        continue;
      }
      if (all < folds) {
        unasked.push({ trait: `${trait}: ${value}`, why: `${all} women in all, at least one for each of ${folds} folds is needed` });
        continue;
      }
      const scores = heldOutScores(known, labels, { groups, folds, seed, repeats });
      if (scores === undefined) {
        unasked.push({ trait: `${trait}: ${value}`, why: "all images with it, or without it, fell into one fold" });
        continue;
      }
      const { auroc } = bootstrapRoc({ labels, scores, clusters: groups }, { auroc: areaUnder }, { seed, resamples });
      const p = permutationP(known, labels, { seed, folds, repeats, permutations });
      asked.push({
        trait,
        value,
        against: values.length === 2 ? values[1]![0] : "others",
        images: known.length,
        positives: own.length,
        women: all,
        auroc: intervalOf(auroc),
        p,
        isTold: p <= mostP,
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

/** Averaged over deals of the folds. */
function heldOutScores(
  images: readonly ProbedImage[],
  labels: readonly number[],
  { seed, repeats, ...folds }: { readonly groups: readonly string[]; readonly folds: number; readonly seed: number; readonly repeats: number },
): Float64Array | undefined {
  const mean = new Float64Array(images.length);
  for (const dealSeed of foldSeeds(seed, repeats)) {
    const scores = scoresOf(images, labels, { ...folds, seed: dealSeed });
    if (scores === undefined) return undefined;
    for (const [index, score] of scores.entries()) mean[index]! += score / repeats;
  }
  return mean;
}

function scoresOf(
  images: readonly ProbedImage[],
  labels: readonly number[],
  deal: { readonly groups: readonly string[]; readonly folds: number; readonly seed: number },
): Float64Array | undefined {
  let isWhole = true;
  const scores = crossFit(labels, deal, (train) => {
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
