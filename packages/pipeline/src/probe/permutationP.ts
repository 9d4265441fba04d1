// Whether a probe's AUROC is more than chance: the labels are exchanged among women, and the probe is fitted anew to each exchange.
import { dealFolds } from "@mammo/ensemble";
import { keyedRandom, type Random } from "@mammo/mammogram";
import { auroc } from "@mammo/metrics";
import { groupBy } from "../groupBy.ts";
import type { ProbedImage } from "./examineForProbe.ts";
import { foldSeeds } from "./foldSeeds.ts";

type Placed = Pick<ProbedImage, "patientId" | "laterality" | "features">;

/** How folds are dealt, and how often labels are exchanged. */
export interface PermutationSettings {
  readonly seed: number;
  readonly folds: number;
  readonly repeats: number;
  readonly permutations: number;
}

/**
 * p = (1 + exchanges whose AUROC is at least as high) / (1 + exchanges), one-sided: how often a trait that the features do not tell would be told as well.
 *
 * What is refitted is the first Newton step of `fitLinearProbe` from weights of 0: least squares with four times its ridge, which has a closed form. Hundreds of whole fits a trait
 * would take hours. Folds are dealt without regard to the labels, so that one deal serves all exchanges.
 */
export function permutationP(images: readonly Placed[], labels: readonly number[], { permutations, ...deal }: PermutationSettings): number {
  const random = keyedRandom(deal.seed, "permutation of a trait");
  const exchange = exchangeOf(images);
  const all = [labels, ...Array.from({ length: permutations }, () => exchange(labels, random))];
  const [found, ...others] = oneStepScores(images, all, deal).map((scores, k) => auroc(all[k]!, scores));
  // Equal up to rounding counts as equal: otherwise a tie would be decided by the order of a sum.
  return (1 + others.filter((area) => area >= found! - 1e-12).length) / (1 + permutations);
}

/**
 * Labels -> labels that are as likely where the features do not tell them. Exchanged are whole women, with those who have as many breasts and images; the breasts of a woman; and the images of
 * a breast: what belongs together stays together (multi-level block permutation, Winkler et al. 2015). A trait of the woman moves with her, one of the side only within her.
 */
export function exchangeOf(images: readonly Placed[]): (labels: readonly number[], random: Random) => number[] {
  const women = [...groupBy([...images.keys()], (index) => images[index]!.patientId).values()].map((own) =>
    bySize([...groupBy(own, (index) => images[index]!.laterality).values()]),
  );
  const alike = [...groupBy(women, (breasts) => breasts.map(({ length }) => length).join()).values()];
  return (labels, random) => {
    const exchanged = [...labels];
    for (const group of alike) {
      const sources = shuffled(group, random);
      for (const [k, breasts] of group.entries()) {
        const from = bySize(shuffled(sources[k]!, random)).flatMap((own) => shuffled(own, random));
        for (const [place, index] of breasts.flat().entries()) exchanged[index] = labels[from[place]!]!;
      }
    }
    return exchanged;
  };
}

const bySize = (breasts: readonly (readonly number[])[]) => [...breasts].sort((a, b) => a.length - b.length);

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const found = [...items];
  for (let k = found.length - 1; k > 0; k--) {
    const other = random.below(k + 1);
    [found[k], found[other]] = [found[other]!, found[k]!];
  }
  return found;
}

/** For each list of labels the held-out scores of the images, less the intercept, summed over deals of the folds. */
export function oneStepScores(
  images: readonly Placed[],
  labels: readonly (readonly number[])[],
  { seed, folds, repeats }: Omit<PermutationSettings, "permutations">,
): Float64Array[] {
  const groups = images.map(({ patientId }) => patientId);
  const scores = labels.map(() => new Float64Array(images.length));
  for (const dealSeed of foldSeeds(seed, repeats)) {
    const foldOf = dealFolds(new Uint8Array(images.length), { groups, folds, seed: dealSeed });
    for (let fold = 0; fold < folds; fold++) {
      const indices = [...images.keys()];
      const [train, held] = [indices.filter((index) => foldOf[index] !== fold), indices.filter((index) => foldOf[index] === fold)];
      const rows = standardizedBy(train, images);
      const weightsOf = leastSquares(train.map(rows));
      const heldRows = held.map(rows);
      for (const [k, own] of labels.entries()) {
        const weights = weightsOf(train.map((index) => own[index]!));
        for (const [row, index] of held.entries()) scores[k]![index]! += dot(weights, heldRows[row]!);
      }
    }
  }
  return scores;
}

/** An image's features, of mean 0 and deviation 1 over those that are learned from; 0 where they are all the same. */
function standardizedBy(train: readonly number[], images: readonly Placed[]): (index: number) => Float64Array {
  const width = images[0]!.features.length;
  const center = new Float64Array(width);
  const square = new Float64Array(width);
  for (const index of train) for (let k = 0; k < width; k++) center[k]! += images[index]!.features[k]! / train.length;
  for (const index of train) for (let k = 0; k < width; k++) square[k]! += (images[index]!.features[k]! - center[k]!) ** 2 / train.length;
  // The rounding of a mean passes for a deviation otherwise.
  const scale = square.map((value, k) => (value > 1e-20 * center[k]! ** 2 ? 1 / Math.sqrt(value) : 0));
  return (index) => Float64Array.from(images[index]!.features, (value, k) => (value - center[k]!) * scale[k]!);
}

/**
 * Labels -> the weights of ridge least squares on centered rows, the ridge four times the number of features: a logit's curvature at 0 is a quarter.
 * One decomposition, of rows by rows or of features by features, whichever are fewer.
 */
function leastSquares(rows: readonly Float64Array[]): (labels: readonly number[]) => Float64Array {
  const width = rows[0]!.length;
  const isWide = rows.length <= width;
  const lines = isWide ? rows : Array.from({ length: width }, (_, k) => Float64Array.from(rows, (row) => row[k]!));
  const lower = lines.map((line, i) => Float64Array.from({ length: i + 1 }, (_, j) => dot(line, lines[j]!) + (i === j ? 4 * width : 0)));
  decompose(lower);
  return (labels) => {
    if (!isWide)
      return solved(
        lower,
        Float64Array.from(lines, (line) => dot(line, labels)),
      );
    const weights = new Float64Array(width);
    for (const [i, share] of solved(lower, Float64Array.from(labels)).entries()) for (let k = 0; k < width; k++) weights[k]! += share * rows[i]![k]!;
    return weights;
  };
}

/** Cholesky's decomposition, in place. */
function decompose(lower: readonly Float64Array[]): void {
  for (const [i, row] of lower.entries())
    for (let j = 0; j <= i; j++) {
      const other = lower[j]!;
      let rest = row[j]!;
      for (let k = 0; k < j; k++) rest -= row[k]! * other[k]!;
      row[j] = i === j ? Math.sqrt(rest) : rest / other[j]!;
    }
}

function solved(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  for (const [i, row] of lower.entries()) {
    for (let k = 0; k < i; k++) right[i]! -= row[k]! * right[k]!;
    right[i]! /= row[i]!;
  }
  for (let i = right.length - 1; i >= 0; i--) {
    const row = lower[i]!;
    right[i]! /= row[i]!;
    for (let k = 0; k < i; k++) right[k]! -= row[k]! * right[i]!;
  }
  return right;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
