/**
 * The first of some names that another is probably a slip of: a third of its letters or fewer differ (one at least may), upper and lower case do not count. Undefined where none is near.
 *
 * Source: ours, by the distance of Damerau (1964) and Levenshtein (1966).
 *
 * @example probablyMeant("raduis", ["radius", "mmPerPixel"]); // "radius"
 */
export function probablyMeant<Name extends string>(name: string, names: readonly Name[]): Name | undefined {
  return names.find((known) => edits(name.toLowerCase(), known.toLowerCase()) <= Math.max(1, known.length / 3));
}

/** Letters to put in, leave out or exchange on the way from one word to the other, two neighbors that change places counting as one. */
function edits(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= from.length; i++) {
    const [above, before] = [rows[i - 1]!, rows[i - 2]];
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1));
      if (before && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}
