import { minMax } from "@mammo/mammogram";
import type { Numbers } from "../cases/checkCases.ts";
import { checkProbabilities } from "./checkProbabilities.ts";

/** A coefficient with its standard error from the information matrix. */
export interface Coefficient {
  readonly estimate: number;
  readonly standardError: number;
}

/** The two numbers of weak calibration, each with its standard error. */
export interface CalibrationSlope {
  /** Of the logistic regression of labels on logit(probability): 1 is ideal, below 1 too extreme. NaN when it does not exist. */
  readonly slope: Coefficient;
  /** Calibration in the large: the shift of all logits (slope held at 1) that meets the observed share; 0 is ideal, below 0 too high. */
  readonly intercept: Coefficient;
}

/**
 * Calibration slope and intercept (Cox 1958; Steyerberg 2019, ch. 15). Probabilities are first clipped to [1e-12, 1 - 1e-12].
 *
 * Both are NaN when a class is absent; the slope is NaN too when all probabilities are equal or separate the classes perfectly.
 *
 * @throws RangeError as `brierScore`.
 */
export function calibrationSlope(labels: Numbers, probabilities: Numbers): CalibrationSlope {
  checkProbabilities(labels, probabilities);
  const logits = Float64Array.from({ length: labels.length }, (_, i) => {
    const p = Math.min(1 - 1e-12, Math.max(1e-12, probabilities[i]!));
    return Math.log(p) - Math.log1p(-p);
  });
  const ones = logits.map(() => 1);
  const zeros = logits.map(() => 0);
  return { slope: fit(labels, zeros, [ones, logits])[1]!, intercept: fit(labels, logits, [ones])[0]! };
}

const undefinedCoefficient: Coefficient = { estimate: NaN, standardError: NaN };

/** Logistic regression on one or two columns beside a fixed offset, by Newton's method with halved steps. */
function fit(labels: Numbers, offset: Float64Array, columns: readonly Float64Array[]): readonly Coefficient[] {
  let beta = columns.map(() => 0);
  let state = likelihood(labels, offset, columns, beta);
  for (let step = 0; step < 100; step++) {
    const inverse = invert(state.information);
    const move = inverse.map((row) => row.reduce((sum, value, k) => sum + value * state.gradient[k]!, 0));
    if (!move.every(Number.isFinite)) return columns.map(() => undefinedCoefficient);
    let scale = 1;
    let next = state;
    for (; scale > 1e-9; scale /= 2) {
      next = likelihood(
        labels,
        offset,
        columns,
        beta.map((value, k) => value + scale * move[k]!),
      );
      if (next.value >= state.value - 1e-12 * Math.abs(state.value)) break;
    }
    beta = beta.map((value, k) => value + scale * move[k]!);
    state = next;
    if (minMax(move.map(Math.abs))[1] < 1e-12 * (1 + minMax(beta.map(Math.abs))[1])) {
      const errors = invert(state.information);
      return beta.map((estimate, k) => ({ estimate, standardError: Math.sqrt(errors[k]![k]!) }));
    }
  }
  // Newton's method ends in some ten steps where a maximum exists; separated classes have none.
  return columns.map(() => undefinedCoefficient);
}

function likelihood(labels: Numbers, offset: Float64Array, columns: readonly Float64Array[], beta: readonly number[]) {
  const size = columns.length;
  const gradient = new Array<number>(size).fill(0);
  const information = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let value = 0;
  for (let i = 0; i < labels.length; i++) {
    let z = offset[i]!;
    for (let k = 0; k < size; k++) z += beta[k]! * columns[k]![i]!;
    const p = 1 / (1 + Math.exp(-z));
    value += labels[i]! * z - (z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)));
    for (let k = 0; k < size; k++) {
      gradient[k]! += columns[k]![i]! * (labels[i]! - p);
      for (let l = 0; l < size; l++) information[k]![l]! += columns[k]![i]! * columns[l]![i]! * p * (1 - p);
    }
  }
  return { value, gradient, information };
}

/** Inverse of a 1x1 or symmetric 2x2 matrix; not finite when it has none. */
function invert(m: readonly (readonly number[])[]): number[][] {
  const a = m[0]![0]!;
  if (m.length === 1) return [[1 / a]];
  const [b, d] = [m[0]![1]!, m[1]![1]!];
  const determinant = a * d - b * b;
  // Columns that are multiples of each other leave a determinant of rounding errors.
  const safe = determinant > 1e-14 * a * d ? determinant : 0;
  return [
    [d / safe, -b / safe],
    [-b / safe, a / safe],
  ];
}
