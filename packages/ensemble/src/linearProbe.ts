import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { sigmoid } from "./logit.ts";
import { spreadOf } from "./spreadOf.ts";

/** logit = intercept + Σ weight · (value - center): a line through many features. Plain data. */
export interface LinearProbe {
  /** Of each feature, its mean over the rows that it was fitted to. */
  readonly centers: Float64Array;
  readonly weights: Float64Array;
  /** The logit of a row at the centers. */
  readonly intercept: number;
}

/** Of the search: far beyond what a fit of this many steps needs. */
const [mostSteps, mostTurns] = [100, 1000];

/**
 * Fits a linear probe: ridge logistic regression on features of mean 0 and deviation 1, for hundreds of features and fewer rows than features too.
 *
 * rows: one list of features each, all as long; labels: 0 or 1, both. ridge > 0 in units of the deviations; default: as many as there are features, so that the
 * logits of rows like these have a deviation of about 1 before anything is learned, whatever the number of features. A feature that is the same in all rows counts for
 * nothing.
 * Source: documented (ridge logistic regression, le Cessie and van Houwelingen 1992), by Newton steps with conjugate gradients, since a Hessian of 1024 features
 * would cost minutes; the minimum of scikit-learn's `make_pipeline(StandardScaler(), LogisticRegression(C=1/ridge))`.
 *
 * @throws RangeError for no rows or features, rows of unequal lengths, features that are not finite, labels other than 0 and 1 or of one class, a ridge <= 0.
 * @example
 * const probe = fitLinearProbe([[0, 1], [1, 1], [2, 0], [3, 0]], [0, 0, 1, 1]);
 * applyLinearProbe(probe, [4, 0]) > 0; // true
 */
export function fitLinearProbe(
  rows: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  options: { readonly ridge?: number } = {},
): LinearProbe {
  requireKnownKeys("fitLinearProbe", options, { ridge: true });
  const { ridge = rows[0]?.length ?? 1 } = options;
  const width = checkRows(rows, labels);
  if (!(ridge > 0 && ridge < Infinity)) throw new RangeError(`Expected ridge > 0, got ${ridge}`);
  const scales = Array.from({ length: width }, (_, k) => scaleOf(Float64Array.from(rows, (row) => row[k]!)));
  // The last column is the intercept's, which no ridge holds.
  const size = width + 1;
  const x = new Float64Array(rows.length * size).fill(1);
  rows.forEach((row, i) => {
    scales.forEach(({ center, spread }, k) => {
      x[i * size + k] = (row[k]! - center) / spread;
    });
  });
  const beta = descend(x, labels, { size, ridge });
  return {
    centers: Float64Array.from(scales, ({ center }) => center),
    weights: Float64Array.from(scales, ({ spread }, k) => beta[k]! / spread),
    intercept: beta[width]!,
  };
}

/**
 * A row of features -> its logit.
 *
 * @throws RangeError for another number of features.
 */
export function applyLinearProbe({ centers, weights, intercept }: LinearProbe, row: ArrayLike<number>): number {
  if (row.length !== weights.length) throw new RangeError(`Expected ${weights.length} features, got ${row.length}`);
  return weights.reduce((sum, weight, k) => sum + weight * (row[k]! - centers[k]!), intercept);
}

function checkRows(rows: readonly ArrayLike<number>[], labels: ArrayLike<number>): number {
  if (rows.length !== labels.length) throw new RangeError(`Expected as many rows as labels, got ${rows.length} and ${labels.length}`);
  const width = rows[0]?.length ?? 0;
  if (width === 0) throw new RangeError("Expected at least one row with at least one feature, got none");
  const counts = [0, 0];
  rows.forEach((row, i) => {
    if (row.length !== width) throw new RangeError(`Expected ${width} features in each row, got ${row.length} at ${i}`);
    for (let k = 0; k < width; k++) if (!Number.isFinite(row[k]!)) throw new RangeError(`Expected finite features, got ${row[k]} at ${i}`);
    const label = labels[i]!;
    if (label !== 0 && label !== 1) throw new RangeError(`Expected labels 0 or 1, got ${label} at ${i}`);
    counts[label]!++;
  });
  if (counts.includes(0)) throw new RangeError(`Expected labels of both classes, got ${counts[1]} positive of ${labels.length}`);
  return width;
}

/** Equal numbers have no spread; the rounding of their mean would pass for one. */
function scaleOf(values: Float64Array): { readonly center: number; readonly spread: number } {
  const [low, high] = minMax(values);
  return low === high ? { center: low, spread: Infinity } : spreadOf(values);
}

interface Problem {
  readonly size: number;
  readonly ridge: number;
}

/** Newton's steps down the penalized negative log likelihood, each cut by half until it leads down. */
function descend(x: Float64Array, labels: ArrayLike<number>, { size, ridge }: Problem): Float64Array {
  const penalty = (k: number) => (k === size - 1 ? 0 : ridge);
  const lossAt = (beta: Float64Array): number => {
    const z = times(x, beta);
    let loss = beta.reduce((sum, value, k) => sum + (penalty(k) * value * value) / 2, 0);
    for (let i = 0; i < z.length; i++) loss += Math.max(z[i]!, 0) - z[i]! * labels[i]! + Math.log1p(Math.exp(-Math.abs(z[i]!)));
    return loss;
  };
  let beta: Float64Array = new Float64Array(size);
  let loss = lossAt(beta);
  for (let step = 0; step < mostSteps; step++) {
    const z = times(x, beta);
    // 1 - sigmoid(z) = sigmoid(-z), without the cancellation.
    const off = z.map((value, i) => (labels[i] === 1 ? -sigmoid(-value) : sigmoid(value)));
    const curvature = z.map((value) => sigmoid(value) * sigmoid(-value));
    const gradient = timesTransposed(x, off, size).map((value, k) => value + penalty(k) * beta[k]!);
    const direction = conjugateGradient(gradient, (v) => {
      const weighted = times(x, v).map((value, i) => value * curvature[i]!);
      return timesTransposed(x, weighted, size).map((value, k) => value + penalty(k) * v[k]!);
    });
    const descent = dot(direction, gradient);
    if (!(descent > 1e-20)) break;
    let length = 1;
    let moved = beta;
    let next = loss;
    for (; length >= 1e-10; length /= 2) {
      moved = beta.map((value, k) => value - length * direction[k]!);
      next = lossAt(moved);
      if (next <= loss - 1e-4 * length * descent) break;
    }
    if (length < 1e-10) break; // as low as floating point can tell
    [beta, loss] = [moved, next];
  }
  return beta;
}

/** Solves A v = right for a positive definite A that is known by what it does. */
function conjugateGradient(right: Float64Array, apply: (v: Float64Array) => Float64Array): Float64Array {
  const found = new Float64Array(right.length);
  let rest = right.slice();
  let direction = rest.slice();
  let size = dot(rest, rest);
  const enough = 1e-20 * size;
  for (let turn = 0; turn < mostTurns && size > enough; turn++) {
    const image = apply(direction);
    const along = size / dot(direction, image);
    for (let k = 0; k < found.length; k++) found[k]! += along * direction[k]!;
    rest = rest.map((value, k) => value - along * image[k]!);
    const next = dot(rest, rest);
    direction = direction.map((value, k) => rest[k]! + (next / size) * value);
    size = next;
  }
  return found;
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
};

/** Rows of x times v. */
function times(x: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(x.length / v.length);
  for (let i = 0, at = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0; k < v.length; k++, at++) sum += x[at]! * v[k]!;
    out[i] = sum;
  }
  return out;
}

/** Columns of x times v. */
function timesTransposed(x: Float64Array, v: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size);
  for (let i = 0, at = 0; i < v.length; i++) for (let k = 0; k < size; k++, at++) out[k]! += v[i]! * x[at]!;
  return out;
}
