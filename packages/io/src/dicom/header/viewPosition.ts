import { isViewPosition, type Laterality, type ViewPosition } from "@mammo/mammogram";
import type { ViewModifier } from "../viewCodes.ts";
import { lettersOf, viewMeanings } from "./viewItem.ts";

/** Words beside a view, and the letters that the ACR puts in front of one. */
const words: ReadonlyMap<string, ViewModifier> = new Map([
  ["M", "magnification"],
  ["MAG", "magnification"],
  ["MAGNIFICATION", "magnification"],
  ["S", "spotCompression"],
  ["SPOT", "spotCompression"],
  ["ID", "implantDisplaced"],
  ["TAN", "tangential"],
]);

/** View Position (0018,5101): one of the terms of PS3.3, or what stands there instead, as LCC, L MLO, CC MAG, MCC, Cranio-caudal; undefined for what names no view. */
export function parseViewPosition(value: string):
  | {
      readonly position: ViewPosition;
      readonly modifiers: readonly ViewModifier[];
      readonly laterality?: Laterality;
      readonly isNonstandard: boolean;
    }
  | undefined {
  const upper = value.slice(0, 64).toUpperCase();
  const compact = upper.replace(/[ _]/g, "");
  if (isViewPosition(compact)) return { position: compact, modifiers: [], isNonstandard: false };
  const spelled = viewMeanings.get(lettersOf(value.slice(0, 64)));
  if (spelled) return { position: spelled, modifiers: [], isNonstandard: true };
  let position: ViewPosition | undefined;
  let laterality: Laterality | undefined;
  const modifiers: ViewModifier[] = [];
  const take = (token: string): boolean => {
    const side = /^(L|R|LEFT|RIGHT)$/.exec(token);
    if (side) laterality = token[0] as Laterality;
    else if (position === undefined && isViewPosition(token)) position = token;
    else if (words.has(token)) modifiers.push(words.get(token)!);
    else return false;
    return true;
  };
  for (const token of upper.split(/[^A-Z0-9]+/).filter(Boolean)) {
    if (take(token)) continue;
    // One letter in front of a view: the breast, or how it was taken.
    if (isViewPosition(token.slice(1)) && take(token[0]!)) take(token.slice(1));
    else modifiers.push("other");
  }
  return position && { position, modifiers, ...(laterality ? { laterality } : {}), isNonstandard: true };
}
