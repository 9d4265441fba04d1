import { parseJson } from "@mammo/files";

/** By what the best checkpoint of a stage is found, and when it is judged. */
export interface BestOptions<Validation extends object> {
  /** Of the metric in the summary, such as "AUROC of validation women". */
  readonly metric: string;
  /** The metric of a validation, finite; the higher, the better. */
  readonly of: (validation: Validation) => number;
  /** Steps between two validations; the last step is judged too. */
  readonly every: number;
  /**
   * Last resort: ends the stage after so many validations in a row without a better one. A plan of steps whose learning rate falls to its end, and the best of its
   * checkpoints, serve better; validation data that decide when to stop are no longer unseen. Default: never.
   */
  readonly patience?: number;
}

/** A validated step and its metric. */
export type JudgedStep = readonly [step: number, value: number];

/** The highest; at a tie the earlier. */
export const bestOf = (judged: readonly JudgedStep[]): JudgedStep | undefined =>
  judged.reduce<JudgedStep | undefined>((best, one) => (best && best[1] >= one[1] ? best : one), undefined);

/** Whether the last `patience` validations have brought nothing better. */
export function isSpent(judged: readonly JudgedStep[], patience = Infinity): boolean {
  return judged.length > patience && judged.length - 1 - judged.indexOf(bestOf(judged)!) >= patience;
}

/** Refuses what cannot be judged, before any work is done. */
export function requireBest<Validation extends object>(stage: string, { every, patience = 1 }: BestOptions<Validation>, validate: unknown): void {
  if (!validate) throw new RangeError(`Expected validate beside best in stage ${stage}, got none.`);
  for (const [name, count] of Object.entries({ every, patience }))
    if (!(Number.isInteger(count) && count >= 1))
      throw new RangeError(`Expected best.${name} of stage ${stage} to be a whole number above 0, got ${count}.`);
}

/** Pairs of numbers from a note, undefined where it is something else. */
export function readPairs(text: string): (readonly [step: number, value: number])[] | undefined {
  try {
    const pairs = parseJson(new TextEncoder().encode(text), { maxValues: 2 ** 21 });
    return arePairs(pairs) ? pairs : undefined;
  } catch {
    return undefined;
  }
}

/** Steps, each with a number. */
export const arePairs = (value: unknown): value is (readonly [step: number, value: number])[] =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite));
