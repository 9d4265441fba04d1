/**
 * A finite number as a Decimal String: the most digits that fit into 16 characters (PS3.5 6.2).
 *
 * @throws RangeError for others.
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`Expected a finite number, got ${value}`);
  const short = String(value);
  if (short.length <= 16) return short;
  for (let digits = 16; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return value.toExponential(8);
}
