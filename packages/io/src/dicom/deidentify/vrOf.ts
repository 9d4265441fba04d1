import type { DataElement } from "../parse/dataSet.ts";
import type { Vr } from "../write/element.ts";
import { standardVr } from "./standardVr.ts";

/** Value representations for words. */
export const isWords = (vr: Vr): boolean => /^(AE|LO|LT|PN|SH|ST|UC|UR|UT)$/.test(vr);

/**
 * The value representation to treat an element by: the standard's, since an implicit file names none and another may lie.
 *
 * Undefined for tags that the standard does not know and for elements that contradict it: what they hold is anyone's guess.
 */
export function vrOf({ tag, vr, items }: DataElement): Vr | undefined {
  const allowed = standardVr(tag);
  if (allowed === undefined || (items !== undefined) !== (allowed[0] === "SQ")) return undefined;
  if (vr === undefined || vr === "UN") return allowed.at(-1);
  const stated = vr as Vr;
  return allowed.includes(stated) || (isWords(stated) && isWords(allowed[0]!)) ? stated : undefined;
}
