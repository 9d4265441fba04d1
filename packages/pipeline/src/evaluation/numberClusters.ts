/** Whose each case is, as numbers 0 … count − 1 in order of first appearance. */
export interface NumberedClusters {
  readonly of: Int32Array;
  readonly count: number;
}

/** Names, or numbers of a larger set, to numbers from 0 on. */
export function numberClusters(names: ArrayLike<string | number>): NumberedClusters {
  const numbers = new Map<string | number, number>();
  const of = new Int32Array(names.length);
  for (let i = 0; i < names.length; i++) {
    const number = numbers.get(names[i]!) ?? numbers.size;
    if (number === numbers.size) numbers.set(names[i]!, number);
    of[i] = number;
  }
  return { of, count: numbers.size };
}
