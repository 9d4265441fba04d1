import { decimalOf, isMissing } from "./rows.ts";

/**
 * Groups in the order in which a person would list them: numbers by their size, ranges by where they begin (`<40`, `40-49`, `>=50`), else by letters with the numbers in them
 * taken as numbers (`T2` before `T10`); what says that nothing is known comes last.
 */
export function naturalOrder(groups: readonly string[]): readonly string[] {
  const known = groups.filter((group) => !isUnknown(group));
  const numbers = new Map(known.map((group) => [group, numberIn(group)]));
  const begin = (group: string) => numbers.get(group)!;
  const isNumbered = known.every((group) => !Number.isNaN(begin(group)));
  const compare = (a: string, b: string) => (isNumbered ? begin(a) - begin(b) || sideOfRange(a) - sideOfRange(b) : 0) || byLetters.compare(a, b);
  return [...known.sort(compare), ...groups.filter(isUnknown)];
}

const byLetters = new Intl.Collator("en", { numeric: true });

const isUnknown = (group: string): boolean => isMissing(group) || /^(unknown|missing|other|not known|\?|-)$/i.test(group);

/** The first number of a text that begins with one, perhaps behind words or signs of comparison; NaN for a text without. */
function numberIn(group: string): number {
  const whole = decimalOf(group);
  return Number.isNaN(whole) ? Number(/^(?:[<>=≤≥~]|under|below|over|above|up to|from|age|\s)*(\d+(?:\.\d+)?)/i.exec(group)?.[1] ?? NaN) : whole;
}

/** Of ranges that begin at one number: those below it first, those above it last. */
const sideOfRange = (group: string): number =>
  /^\s*([<≤]|under|below|up to)/i.test(group) ? -1 : /^\s*([>≥]|over|above|from)|\+\s*$/i.test(group) ? 1 : 0;
