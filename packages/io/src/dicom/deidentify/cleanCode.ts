import type { DataSet } from "../parse/dataSet.ts";
import { text } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { type Code, codes, scoreScheme } from "../write/sr/code.ts";
import { allViewCodes } from "../write/sr/codedView.ts";

/** What a code of a public coding scheme looks like; nothing else passes for one. */
const schemes: Readonly<Record<string, RegExp>> = {
  DCM: /^\d{6}$/,
  SCT: /^\d{6,18}$/,
  SRT: /^[A-Z]\d?-[0-9A-F]{4,5}$/,
  SNM3: /^[A-Z]\d?-[0-9A-F]{4,5}$/,
  "99SDM": /^[A-Z]\d?-[0-9A-F]{4,5}$/,
  UCUM: /^(1|%|mm|cm|um|mm2|cm2|mm3|cm3|s|ms|deg|kV|mA|mAs|uAs|mGy|dGy|N|g|\{[a-z]{2,12}\})$/,
  RFC5646: /^[a-z]{2}(-[A-Z]{2})?$/,
  [scoreScheme]: /^SCORE-(10|[1-9])$/,
};

const breast: Code = ["76752008", "SCT", "Breast"];
const known = new Map<string, string>(
  [...Object.values(codes), ...allViewCodes, breast].map(([value, scheme, meaning]) => [`${scheme} ${value}`, meaning]),
);

/** Whether a name of a coding scheme is one of the public ones. */
export const isPublicScheme = (scheme: string): boolean => Object.hasOwn(schemes, scheme);

/**
 * The code of an item of a code sequence without its words: value and scheme where the scheme is public, and the meaning as this package knows it, else the value itself.
 *
 * A code of any other scheme becomes one that says nothing, since local codes and meanings are free text. Undefined where the item has no code. Ours, stricter than the profile.
 */
export function cleanCode(item: DataSet): Code | undefined {
  const [value, scheme] = [text(item, tags.CodeValue), text(item, tags.CodingSchemeDesignator)];
  if (!item.elements.has(tags.CodeValue)) return undefined;
  if (value === undefined || scheme === undefined || !isPublicScheme(scheme) || !schemes[scheme]!.test(value))
    return ["REMOVED", "99REMOVED", "Removed"];
  return [value, scheme, known.get(`${scheme} ${value}`) ?? value];
}
