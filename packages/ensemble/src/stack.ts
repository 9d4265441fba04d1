import { requireKnownKeys } from "@mammo/mammogram";
import { checkLabeled } from "./checkLabeled.ts";
import { sigmoid } from "./logit.ts";
import { spreadOf } from "./spreadOf.ts";

/** logit = Σ weight · score + intercept, as the DREAM challenge's own ensemble. Weights may be negative. Plain JSON. */
export interface LogisticStack {
  readonly kind: "logistic stack";
  /** One for each member. */
  readonly weights: readonly number[];
  readonly intercept: number;
}

/**
 * Members' scores of one thing to one logit; `sigmoid` makes it a probability, calibrated as far as the fit was.
 *
 * @throws RangeError for another number of scores than weights and for scores that are not finite; what `parseStack` throws.
 * @example applyStack({ kind: "logistic stack", weights: [2, -1], intercept: 0.5 }, [1, 1]); // 1.5
 */
export function applyStack(stack: LogisticStack, scores: ArrayLike<number>): number {
  const { weights, intercept } = parseStack(stack);
  if (scores.length !== weights.length) throw new RangeError(`Expected ${weights.length} scores, got ${scores.length}`);
  return weights.reduce((sum, weight, k) => {
    if (!Number.isFinite(scores[k])) throw new RangeError(`Expected finite scores, got ${scores[k]} at ${k}`);
    return sum + weight * scores[k]!;
  }, intercept);
}

/**
 * A stack from elsewhere, such as JSON.
 *
 * @throws TypeError for what is no stack, RangeError for one without weights or with a number that is not finite.
 */
export function parseStack(value: unknown): LogisticStack {
  if (
    typeof value !== "object" ||
    value === null ||
    (value as LogisticStack).kind !== "logistic stack" ||
    !Array.isArray((value as LogisticStack).weights)
  )
    throw new TypeError("Expected a stack of kind logistic stack, with weights");
  const { weights, intercept } = value as LogisticStack;
  if (weights.length === 0) throw new RangeError("Expected a stack with at least one weight, got none");
  for (const number of [...weights, intercept])
    if (!Number.isFinite(number)) throw new RangeError(`Expected a stack of finite weights and intercept, got ${number}`);
  return value as LogisticStack;
}

/**
 * Fits a stack by logistic regression: the members' weights that explain the labels best, less ridge / 2 · Σ weight².
 *
 * members: one list of scores each (best logits), all of the same cases; labels: 0 or 1, both. ridge > 0 in units of the scores, default 1: it keeps weights
 * finite where members separate the classes, and shares them out among members that agree. Fit on women whom no member was trained on.
 * Source: documented (ridge logistic regression, le Cessie and van Houwelingen 1992); the minimum of scikit-learn's `LogisticRegression(C=1/ridge)`.
 *
 * @throws RangeError for no members, unequal lengths, scores that are not finite, labels of one class, a ridge <= 0.
 * @example const stack = fitStack([logitsOfA, logitsOfB], labels);
 */
export function fitStack(members: readonly ArrayLike<number>[], labels: ArrayLike<number>, options: { readonly ridge?: number } = {}): LogisticStack {
  requireKnownKeys("fitStack", options, { ridge: true });
  const { ridge = 1 } = options;
  if (!Array.isArray(members) || members.length === 0) throw new RangeError("Expected at least one member, got none");
  for (const scores of members) checkLabeled(scores, labels);
  if (!(ridge > 0 && ridge < Infinity)) throw new RangeError(`Expected ridge > 0, got ${ridge}`);
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === labels.length)
    throw new RangeError(`Expected labels of both classes, got ${positives} positive of ${labels.length}`);
  // Searched for on scores of mean 0 and deviation 1, with the ridge turned to their units; the last column is the intercept's.
  const scales = members.map(spreadOf);
  const columns = [
    ...members.map((scores, k) => Float64Array.from(scores, (score: number) => (score - scales[k]!.center) / scales[k]!.spread)),
    new Float64Array(labels.length).fill(1),
  ];
  const penalties = [...scales.map(({ spread }) => ridge / spread / spread), 0];
  let beta = columns.map(() => 0);
  let state = lossOf(columns, labels, penalties, beta);
  for (let iteration = 0; iteration < 200; iteration++) {
    const step = solve(state.hessian, state.gradient);
    const descent = step.reduce((sum, value, k) => sum + value * state.gradient[k]!, 0);
    if (!(descent > 1e-24)) break;
    let [length, moved, next] = [1, beta, state];
    for (; length >= 1e-10; length /= 2) {
      moved = beta.map((value, k) => value - length * step[k]!);
      next = lossOf(columns, labels, penalties, moved);
      if (next.loss <= state.loss - 1e-4 * length * descent) break;
    }
    if (length < 1e-10) break; // as low as floating point can tell
    [beta, state] = [moved, next];
  }
  const weights = scales.map(({ spread }, k) => beta[k]! / spread);
  const intercept = scales.reduce((sum, { center, spread }, k) => sum - beta[k]! * (center / spread), beta.at(-1)!);
  return { kind: "logistic stack", weights, intercept };
}

/** Penalized negative log likelihood, its gradient and its Hessian. */
export function lossOf(columns: readonly Float64Array[], labels: ArrayLike<number>, penalties: readonly number[], beta: readonly number[]) {
  let loss = beta.reduce((sum, value, k) => sum + (penalties[k]! * value * value) / 2, 0);
  const gradient = beta.map((value, k) => penalties[k]! * value);
  const hessian = penalties.map((penalty, k) => penalties.map((_, l) => (k === l ? penalty : 0)));
  for (let i = 0; i < labels.length; i++) {
    const z = columns.reduce((sum, column, k) => sum + beta[k]! * column[i]!, 0);
    // 1 - sigmoid(z) = sigmoid(-z), without the cancellation.
    const off = labels[i] === 1 ? -sigmoid(-z) : sigmoid(z);
    const curvature = sigmoid(z) * sigmoid(-z);
    loss += Math.max(z, 0) - z * labels[i]! + Math.log1p(Math.exp(-Math.abs(z)));
    for (const [k, column] of columns.entries()) {
      gradient[k]! += off * column[i]!;
      for (let l = 0; l <= k; l++) hessian[k]![l]! += curvature * column[i]! * columns[l]![i]!;
    }
  }
  return { loss, gradient, hessian };
}

/** Solves a positive definite system, of which the lower half is read, by Cholesky's decomposition. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length;
  const lower = matrix.map((row) => [...row]);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let rest = lower[i]![j]!;
      for (let k = 0; k < j; k++) rest -= lower[i]![k]! * lower[j]![k]!;
      // A curvature that rounding has made 0 or less becomes a short step, not a wild one.
      lower[i]![j] = i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / lower[j]![j]!;
    }
  const half: number[] = [];
  for (let i = 0; i < size; i++) half.push((right[i]! - half.reduce((sum, value, k) => sum + lower[i]![k]! * value, 0)) / lower[i]![i]!);
  const found = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = half[i]!;
    for (let k = i + 1; k < size; k++) rest -= lower[k]![i]! * found[k]!;
    found[i] = rest / lower[i]![i]!;
  }
  return found;
}
