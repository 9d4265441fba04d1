/** Refuses another number of labels than of logit rows. */
export function requireSameSize(came: number, expected: number, what: string): void {
  if (came !== expected) throw new RangeError(`Expected ${expected} ${what}, one for each logit row, got ${came}.`);
}
