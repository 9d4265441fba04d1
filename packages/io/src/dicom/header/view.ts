import { isViewPosition, type Laterality, type ViewPosition } from "@mammo/mammogram";
import type { DataSet } from "../parse/dataSet.ts";
import { isPresent, items, text, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { modifiedPositions, type ViewModifier } from "../viewCodes.ts";
import { type Reading, startReading } from "./reading.ts";
import { modifierOfItem, viewOfItem } from "./viewItem.ts";
import { parseViewPosition } from "./viewPosition.ts";

/** Which view of the breast an image is. */
export interface View {
  /** One of the 16 of `viewPositions`; undefined where the file names none of them. */
  readonly position: ViewPosition | undefined;
  readonly modifiers: readonly ViewModifier[];
  /** CC or MLO of the whole breast, without modifiers: what screening models are trained on. */
  readonly isStandardScreening: boolean;
}

/** A geometric magnification from which an image is a magnification view: in contact it is below 1.1, on the table for magnification 1.5 to 2. */
const magnificationView = 1.4;

/**
 * The view from its code sequence (0054,0220) with modifiers (0054,0222), else from View Position (0018,5101); magnification and spot compression also from the paddle and the magnification factor.
 *
 * Documented: PS3.16 CID 4014 and 4015. Modifiers count also where they stand beside the view's item and not in it. A modifier that is not known is `other`, and keeps a view from being a standard one too.
 */
export function readView(dataSet: DataSet, reading: Reading = startReading(), magnification = 1): View {
  const coded = items(dataSet, tags.ViewCodeSequence);
  const stated = coded[0] && viewOfItem(coded[0], reading);
  const isUnknown = stated === "unknown" || (coded.length === 0 && isPresent(dataSet, tags.ViewCodeSequence));
  if (isUnknown) reading.unreadable.add("ViewCodeSequence");
  const fromString =
    stated === undefined || isUnknown || typeof stated === "object" ? parseViewPosition(texts(dataSet, tags.ViewPosition).join(" ")) : undefined;
  if (fromString?.isNonstandard) reading.nonstandard.add("ViewPosition");
  if (fromString === undefined && (stated === undefined || isUnknown) && isPresent(dataSet, tags.ViewPosition))
    reading.unreadable.add("ViewPosition");
  const base = typeof stated === "string" && stated !== "unknown" && stated !== "none" ? stated : fromString?.position;
  if (coded.length === 0 && isPresent(dataSet, tags.ViewModifierCodeSequence) && items(dataSet, tags.ViewModifierCodeSequence).length === 0)
    reading.unreadable.add("ViewModifierCodeSequence");
  const modifiers = new Set<ViewModifier>([
    ...(typeof stated === "object" ? [stated.modifier] : []),
    ...(fromString?.modifiers ?? []),
    ...[...coded, dataSet].flatMap((from) => items(from, tags.ViewModifierCodeSequence)).map((item) => modifierOfItem(item, reading)),
    ...takenAs(dataSet, magnification),
  ]);
  const position = modifiedBy([...modifiers], base);
  const isStandardScreening = (position === "CC" || position === "MLO") && modifiers.size === 0 && !reading.unreadable.has("ViewCodeSequence");
  return { position, modifiers: [...modifiers], isStandardScreening };
}

/** The breast that View Position names beside the view, as in LCC. */
export const lateralityInViewPosition = (dataSet: DataSet): Laterality | undefined =>
  parseViewPosition(text(dataSet, tags.ViewPosition) ?? "")?.laterality;

/** What the paddle and the geometry say of how the view was taken. */
function takenAs(dataSet: DataSet, magnification: number): readonly ViewModifier[] {
  const words = (text(dataSet, tags.PaddleDescription) ?? "").toUpperCase().split(/[^A-Z]+/);
  const isMagnified = magnification >= magnificationView || words.some((word) => /^MAG(N|$)/.test(word));
  return [...(isMagnified ? (["magnification"] as const) : []), ...(words.includes("SPOT") ? (["spotCompression"] as const) : [])];
}

/** The position that modifiers make of a view: an axillary tail or a cleavage of whatever view, a displaced implant of CC, ML and MLO. */
function modifiedBy(modifiers: readonly ViewModifier[], base: ViewPosition | undefined): ViewPosition | undefined {
  const special = modifiers.flatMap((modifier) =>
    modifier === "implantDisplaced" ? [] : modifiedPositions.filter((one) => one.modifier === modifier),
  )[0];
  if (special) return special.position;
  const displaced =
    modifiers.includes("implantDisplaced") && modifiedPositions.find((one) => one.modifier === "implantDisplaced" && one.view === base);
  return displaced ? displaced.position : base;
}
