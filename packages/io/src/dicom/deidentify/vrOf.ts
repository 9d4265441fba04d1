import type { DataElement } from "../parse/dataSet.ts";
import type { Vr } from "../write/element.ts";
import { standardVr } from "./standardVr.ts";

/** Value representations for words. */
export const isWords = (vr: Vr): boolean => /^(AE|LO|LT|PN|SH|ST|UC|UR|UT)$/.test(vr);

/** Value representations for binary numbers. */
export const isNumeric = (vr: Vr): boolean => /^(AT|FD|FL|OD|OF|OL|OV|SL|SS|SV|UL|US|UV)$/.test(vr);

const isBinary = (vr: Vr): boolean => isNumeric(vr) || vr === "OB" || vr === "OW";
const isText = (vr: Vr): boolean => vr !== "SQ" && vr !== "UN" && !isBinary(vr);

/**
 * The value representation to treat an element by: the standard's, since an implicit file names none and another may lie.
 *
 * Text under another text's name is read by the standard's, as the reader does, and so are numbers under other numbers'.
 * Undefined for tags that the standard does not know and for elements that contradict it: what they hold is anyone's guess.
 */
export function vrOf({ tag, vr, items }: DataElement): Vr | undefined {
  const allowed = standardVr(tag);
  if (allowed === undefined || (items !== undefined) !== (allowed[0] === "SQ")) return undefined;
  if (vr === undefined || vr === "UN") return allowed.at(-1);
  const stated = vr as Vr;
  const [usual] = allowed as readonly [Vr, ...Vr[]];
  if (allowed.includes(stated) || (isWords(stated) && isWords(usual))) return stated;
  return (isText(stated) && isText(usual)) || (isBinary(stated) && isBinary(usual)) ? usual : undefined;
}
