import { permutation, requireKnownKeys } from "@mammo/mammogram";

/** How cases are dealt to folds. */
export interface FoldOptions {
  /** Whose each case is: the cases of one woman stay in one fold. Without it each case stands alone. */
  readonly groups?: ArrayLike<string | number>;
  /** Default 5. */
  readonly folds?: number;
  /** Whole number in [0, 2^32). */
  readonly seed: number;
}

export const foldOptionNames = { groups: true, folds: true, seed: true } satisfies Record<keyof FoldOptions, true>;

/**
 * The fold of each case, 0 … folds - 1: groups are dealt out in turn, those with a positive case first, so that each fold has its share of both.
 *
 * @throws RangeError for labels other than 0 and 1, groups of another length, folds that are no whole number >= 2, and fewer groups than folds.
 * @example dealFolds(labels, { groups: patients, folds: 5, seed: 1 });
 */
export function dealFolds(labels: ArrayLike<number>, options: FoldOptions): Int32Array {
  requireKnownKeys("dealFolds", options, foldOptionNames);
  const { groups, folds = 5, seed } = options;
  if (!(Number.isInteger(folds) && folds >= 2)) throw new RangeError(`Expected folds to be a whole number >= 2, got ${folds}`);
  if (groups !== undefined && groups.length !== labels.length)
    throw new RangeError(`Expected as many groups as labels, got ${groups.length} and ${labels.length}`);
  const positive = new Map<string | number, boolean>();
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0 && labels[i] !== 1) throw new RangeError(`Expected labels 0 or 1, got ${labels[i]} at ${i}`);
    const group = groups?.[i] ?? i;
    positive.set(group, (positive.get(group) ?? false) || labels[i] === 1);
  }
  if (positive.size < folds) throw new RangeError(`Expected at least ${folds} groups for ${folds} folds, got ${positive.size}`);
  const names = [...positive.keys()];
  const order = Array.from(permutation(names.length, seed, "folds"), (k) => names[k]!);
  const dealt = [...order.filter((name) => positive.get(name)), ...order.filter((name) => !positive.get(name))];
  const foldOf = new Map(dealt.map((name, k) => [name, k % folds]));
  return Int32Array.from({ length: labels.length }, (_, i) => foldOf.get(groups?.[i] ?? i)!);
}

/**
 * Out-of-fold values: each fold's cases are judged by what `fit` made of all other folds. `fit` gets the indices to learn from, and gives the value of an index.
 *
 * @throws RangeError as `dealFolds`, and what `fit` throws.
 * @example
 * const held = crossFit(labels, { groups: patients, seed: 1 }, (train) => {
 *   const calibrator = fitPlatt(train.map((i) => logits[i]), train.map((i) => labels[i]));
 *   return (i) => calibrate(calibrator, logits[i]);
 * });
 */
export function crossFit(
  labels: ArrayLike<number>,
  options: FoldOptions,
  fit: (train: readonly number[]) => (index: number) => number,
): Float64Array {
  requireKnownKeys("crossFit", options, foldOptionNames);
  const foldOf = dealFolds(labels, options);
  const found = new Float64Array(labels.length);
  for (let fold = 0; fold < (options.folds ?? 5); fold++) {
    const train: number[] = [];
    const held: number[] = [];
    foldOf.forEach((of, i) => {
      (of === fold ? held : train).push(i);
    });
    const judge = fit(train);
    for (const i of held) found[i] = judge(i);
  }
  return found;
}
