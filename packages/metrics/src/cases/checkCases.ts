/** Any list of numbers: an array, a typed array. */
export type Numbers = ArrayLike<number>;

/** How much each case counts; left out, each counts once. */
export interface Weighted {
  /** One finite weight >= 0 for each case. */
  readonly weights?: Numbers;
}

/**
 * Checks labels and what is measured against them: lengths agree, labels are 0 or 1 and numbers are finite.
 *
 * @throws TypeError for what is no list, RangeError for no case at all, different lengths, a label outside 0/1, a NaN or infinite score, a negative or infinite weight; each names the parameter, its place and what came.
 */
export function checkCases(labels: Numbers, scores: Numbers, weights?: Numbers, name = "scores"): void {
  checkLabels(labels);
  checkFinite(scores, labels.length, name);
  if (weights !== undefined) checkWeights(weights, labels.length);
}

/** @throws unless there is at least one label and each is 0 or 1. */
export function checkLabels(labels: Numbers): void {
  checkList(labels, "labels");
  if (labels.length === 0) throw new RangeError("Expected at least one label, got none");
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0 && labels[i] !== 1) throw rangeError(`labels[${i}] to be 0 or 1`, labels[i]);
}

/** @throws unless `values` holds `length` finite numbers. */
export function checkFinite(values: Numbers, length: number, name: string): void {
  checkList(values, name);
  if (values.length !== length) throw rangeError(`${name} to be as long as labels (${length})`, values.length);
  for (let i = 0; i < length; i++) if (!Number.isFinite(values[i])) throw rangeError(`${name}[${i}] to be a finite number`, values[i]);
}

function checkWeights(weights: Numbers, length: number): void {
  checkFinite(weights, length, "weights");
  for (let i = 0; i < length; i++) if (weights[i]! < 0) throw rangeError(`weights[${i}] to be >= 0`, weights[i]);
}

function checkList(list: Numbers, name: string): void {
  if (typeof list !== "object" || typeof list?.length !== "number")
    throw new TypeError(`Expected ${name} to be a list of numbers, got ${String(list)}`);
}

/** @throws TypeError for what is no array. */
export function checkArray(list: unknown, name: string): void {
  if (!Array.isArray(list)) throw new TypeError(`Expected ${name} to be an array, got ${String(list)}`);
}

/** The error of a wrong argument: what was expected, and what came. */
export function rangeError(expected: string, got: unknown): RangeError {
  return new RangeError(`Expected ${expected}, got ${String(got)}`);
}
