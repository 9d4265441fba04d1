/**
 * Refuses options that a function does not know: a mistyped name would else leave its default in place, and nothing would tell. `undefined` passes.
 *
 * `known` names every key of the options' type: the compiler refuses a list that lacks one. Source: ours.
 *
 * @throws TypeError for what is no plain object, and for an unknown key: it names the key, all that are known, and the one that is probably meant.
 *
 * @example
 * interface Smoothing {
 *   readonly radius?: number;
 * }
 * const smooth = (options: Smoothing = {}) => requireKnownKeys("smooth", options, { radius: true });
 * smooth({ radius: 3 }); // from plain JavaScript, { raduis: 3 } throws: Expected options of smooth among radius, got raduis; is radius meant?
 */
export function requireKnownKeys<Options extends object>(
  where: string,
  options: Options | undefined,
  known: { readonly [Key in keyof Options]-?: true },
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options) || ArrayBuffer.isView(options))
    throw new TypeError(`Expected options of ${where} as an object of names and values, got ${Object.prototype.toString.call(options).slice(8, -1)}`);
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(known, key)) continue;
    const names = Object.keys(known);
    const meant = names.find((name) => edits(key.toLowerCase(), name.toLowerCase()) <= Math.max(1, name.length / 3));
    throw new TypeError(`Expected options of ${where} among ${names.join(", ")}, got ${key}${meant ? `; is ${meant} meant?` : ""}`);
  }
}

/** Letters to put in, leave out or exchange on the way from one word to the other (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1));
    row = next;
  }
  return row[to.length]!;
}
