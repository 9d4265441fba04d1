import { probablyMeant } from "./probablyMeant.ts";

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
    const meant = probablyMeant(key, names);
    throw new TypeError(`Expected options of ${where} among ${names.join(", ")}, got ${key}${meant ? `; is ${meant} meant?` : ""}`);
  }
}
