import { isViewPosition, type ViewPosition } from "@mammo/mammogram";
import type { DataSet } from "../parse/dataSet.ts";
import { code, items, text } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { modifiedPositions, modifierCodes, type ViewModifier, viewCodes } from "../viewCodes.ts";

const views: ReadonlyMap<string, ViewPosition | undefined> = new Map(
  viewCodes.flatMap(({ sct, srt, position }) => [
    [sct, position],
    [srt, position],
  ]),
);
const modifiers: ReadonlyMap<string, ViewModifier> = new Map(
  modifierCodes.flatMap(({ sct, srt, name }) => [
    [sct, name],
    [srt, name],
  ]),
);

/** Which view of the breast an image is. */
export interface View {
  /** One of the 16 of `viewPositions`; undefined where the file names none of them. */
  readonly position: ViewPosition | undefined;
  readonly modifiers: readonly ViewModifier[];
  /** CC or MLO of the whole breast, without modifiers: what screening models are trained on. */
  readonly isStandardScreening: boolean;
}

/**
 * The view from its code sequence (0054,0220) with modifiers (0054,0222), else from View Position (0018,5101).
 *
 * Documented: PS3.16 CID 4014 and 4015. A modifier that is not known is `other`, and keeps a view from being a standard one too.
 */
export function readView(dataSet: DataSet): View {
  const [coded] = items(dataSet, tags.ViewCodeSequence);
  const modified = coded ? items(coded, tags.ViewModifierCodeSequence) : [];
  const found = modified.map((item) => modifiers.get(text(item, tags.CodeValue) ?? "") ?? "other");
  const value = (coded && text(coded, tags.CodeValue)) ?? "";
  const string = code(dataSet, tags.ViewPosition)?.replace(/[ _]/g, "") ?? "";
  const base = views.has(value) ? views.get(value) : isViewPosition(string) ? string : undefined;
  const position = modifiedBy(found, base);
  return { position, modifiers: found, isStandardScreening: (position === "CC" || position === "MLO") && modified.length === 0 };
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
