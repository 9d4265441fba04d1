import type { DataSet } from "../parse/dataSet.ts";
import { text } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { modifierCodes, viewCodes } from "../viewCodes.ts";
import { type Code, codes, scoreScheme } from "../write/sr/code.ts";
import { allViewCodes } from "../write/sr/codedView.ts";

/** Also those of view modifiers that SNOMED gave provisionally (PS3.16 CID 4014: Y-X1770). */
const snomedRt = /^([A-Z]\d?-[0-9A-F]{4,5}|Y-X\d{4})$/;

/** What a code of a public coding scheme looks like; nothing else passes for one. */
const schemes: Readonly<Record<string, RegExp>> = {
  DCM: /^1[0-3]\d{4}$/,
  // Concepts of the international edition: partition 00, behind which a check digit stands.
  SCT: /^[1-9]\d{2,6}00\d$/,
  SRT: snomedRt,
  SNM3: snomedRt,
  "99SDM": snomedRt,
  UCUM: /^(1|%|mm|cm|um|mm2|cm2|mm3|cm3|s|ms|deg|kV|mA|mAs|uAs|mGy|dGy|N|g|\{(ratio|pixels|counts|score)\})$/,
  RFC5646: /^[a-z]{2}(-[A-Z]{2})?$/,
  [scoreScheme]: /^SCORE-(10|[1-9])$/,
};

const breast: Code = ["76752008", "SCT", "Breast"];
const known = new Map<string, string>(
  [...Object.values(codes), ...allViewCodes, breast].map(([value, scheme, meaning]) => [`${scheme} ${value}`, meaning]),
);

/** The codes of views and their modifiers, which the reader tells by their value alone. */
const viewValues: ReadonlyMap<string, Code> = new Map(
  [...viewCodes, ...modifierCodes].flatMap((one): readonly [string, Code][] => [
    [one.sct, [one.sct, "SCT", one.meaning ?? one.sct]],
    [one.srt, [one.srt, "SRT", one.meaning ?? one.srt]],
  ]),
);

/** Meanings of ours, by their small letters. */
const meanings: ReadonlyMap<string, string> = new Map(
  [...[...known.values()], ...[...viewValues.values()].map(([, , meaning]) => meaning)].map((meaning) => [meaning.toLowerCase(), meaning]),
);

/** A meaning as PS3.16 spells it, where it is one of those; undefined for any other text. */
export const knownMeaning = (meaning: string): string | undefined => meanings.get(meaning.toLowerCase());

/** Verhoeff's check of a SNOMED CT identifier: the product of its digits, permuted by their place, in the dihedral group of ten is 0. */
export function isChecked(digits: string): boolean {
  const times = (one: number, other: number): number =>
    one < 5 ? (other < 5 ? (one + other) % 5 : 5 + ((one + other) % 5)) : other < 5 ? 5 + ((one - other + 5) % 5) : (one - other + 5) % 5;
  const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const permuted = (digit: number, place: number): number => (place === 0 ? digit : permuted(permutation[digit]!, place - 1));
  return [...digits].reverse().reduce((product, digit, place) => times(product, permuted(Number(digit), place % 8)), 0) === 0;
}

/** Whether a name of a coding scheme is one of the public ones. */
export const isPublicScheme = (scheme: string): boolean => Object.hasOwn(schemes, scheme);

/**
 * The code of an item of a code sequence without its words: value and scheme where the scheme is public, and the meaning as this package knows it, else "Removed".
 *
 * A code of any other scheme becomes one that says nothing, since local codes and meanings are free text. Undefined where the item has no code. Ours, stricter than the profile.
 */
export function cleanCode(item: DataSet): Code | undefined {
  const [value, scheme] = [text(item, tags.CodeValue), text(item, tags.CodingSchemeDesignator)?.toUpperCase()];
  if (value === undefined) return undefined;
  if (scheme !== undefined && isPublicScheme(scheme) && schemes[scheme]!.test(value) && (scheme !== "SCT" || isChecked(value)))
    return [value, scheme, known.get(`${scheme} ${value}`) ?? "Removed"];
  return viewValues.get(value.toUpperCase()) ?? ["REMOVED", "99REMOVED", "Removed"];
}
