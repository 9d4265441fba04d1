import { requireKnownKeys } from "@mammo/mammogram";
import { checkLabeled } from "./checkLabeled.ts";
import { spreadOf } from "./spreadOf.ts";
import { type LogisticStack, lossOf, solve } from "./stack.ts";

/**
 * Fits a stack whose weights are none below 0: no member can speak against the others.
 *
 * As `fitStack` otherwise. The challenge's own ensemble had weights from -8.4 to +11.3 on members that nearly agree; such weights multiply whatever one
 * member does differently on a new device. With weights >= 0 a higher score of any member never lowers the result. Fit on out-of-fold scores.
 * A radiologist's reading is one more member.
 *
 * Source: re-implementation of projected Newton steps (Bertsekas 1982) on the penalized likelihood of `fitStack`; the minimum of SciPy's L-BFGS-B.
 *
 * @throws RangeError for no members, unequal lengths, scores that are not finite, labels of one class, a ridge <= 0.
 * @example const stack = fitNonNegativeStack([logitsOfA, logitsOfB, logitsOfReader], labels, { ridge: 1 });
 */
export function fitNonNegativeStack(
  members: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  options: { readonly ridge?: number } = {},
): LogisticStack {
  requireKnownKeys("fitNonNegativeStack", options, { ridge: true });
  const { ridge = 1 } = options;
  if (!Array.isArray(members) || members.length === 0) throw new RangeError("Expected at least one member, got none");
  for (const scores of members) checkLabeled(scores, labels);
  if (!(ridge > 0 && ridge < Infinity)) throw new RangeError(`Expected ridge > 0, got ${ridge}`);
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === labels.length)
    throw new RangeError(`Expected labels of both classes, got ${positives} positive of ${labels.length}`);
  const scales = members.map(spreadOf);
  const columns = [
    ...members.map((scores, k) => Float64Array.from(scores, (score: number) => (score - scales[k]!.center) / scales[k]!.spread)),
    new Float64Array(labels.length).fill(1),
  ];
  const penalties = [...scales.map(({ spread }) => ridge / spread / spread), 0];
  const beta = descend(columns, labels, penalties);
  const weights = scales.map(({ spread }, k) => beta[k]! / spread);
  const intercept = scales.reduce((sum, { center, spread }, k) => sum - beta[k]! * (center / spread), beta.at(-1)!);
  return { kind: "logistic stack", weights, intercept };
}

/** The minimum with all but the last coefficient >= 0. */
function descend(columns: readonly Float64Array[], labels: ArrayLike<number>, penalties: readonly number[]): readonly number[] {
  const last = columns.length - 1;
  const projected = (values: readonly number[]) => values.map((value, k) => (k === last ? value : Math.max(0, value)));
  let beta: readonly number[] = columns.map(() => 0);
  let state = lossOf(columns, labels, penalties, beta);
  for (let iteration = 0; iteration < 500; iteration++) {
    // Coefficients at the bound that the loss would push below it stand still; the others take Newton's step among themselves.
    const free = beta.flatMap((value, k) => (k === last || value > 0 || state.gradient[k]! < 0 ? [k] : []));
    const step = solve(
      free.map((k) => free.map((l) => state.hessian[Math.max(k, l)]![Math.min(k, l)]!)),
      free.map((k) => state.gradient[k]!),
    );
    const moved = (length: number) => {
      const next = [...beta];
      free.forEach((k, f) => {
        next[k]! -= length * step[f]!;
      });
      return projected(next);
    };
    const descent = step.reduce((sum, value, f) => sum + value * state.gradient[free[f]!]!, 0);
    if (!(descent > 1e-24)) break;
    let length = 1;
    let [next, after] = [beta, state];
    for (; length >= 1e-12; length /= 2) {
      next = moved(length);
      after = lossOf(columns, labels, penalties, next);
      const promised = beta.reduce((sum, value, k) => sum + state.gradient[k]! * (value - next[k]!), 0);
      if (after.loss <= state.loss - 1e-4 * promised) break;
    }
    if (length < 1e-12 || after.loss >= state.loss) break; // as low as floating point can tell
    [beta, state] = [next, after];
  }
  return beta;
}
