import type { ViewPosition } from "@mammo/mammogram";
import type { DataSet } from "../parse/dataSet.ts";
import { text } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { modifierCodes, type ViewModifier, viewCodes } from "../viewCodes.ts";
import type { Reading } from "./reading.ts";

/** A meaning as it is compared: letters only, since hyphens, spaces and capitals differ between writers. */
export const lettersOf = (meaning: string): string => meaning.toLowerCase().replace(/[^a-z]/g, "");

/** `none`: a view that is not among those of `viewPositions`. */
type CodedView = ViewPosition | "none";

const views: ReadonlyMap<string, CodedView> = new Map(
  viewCodes.flatMap(({ sct, srt, retired, position = "none" as const }): (readonly [string, CodedView])[] =>
    [sct, srt, ...(retired ? [retired] : [])].map((code) => [code, position]),
  ),
);
const modifiers: ReadonlyMap<string, ViewModifier> = new Map(
  modifierCodes.flatMap(({ sct, srt, name }) => [sct, srt].map((code) => [code, name] as const)),
);

/** Views by their meanings, as PS3.16 spells them and as they are also spelled. */
export const viewMeanings: ReadonlyMap<string, ViewPosition> = new Map([
  ...viewCodes.flatMap(({ meaning, position }) => (meaning && position ? [[lettersOf(meaning), position] as const] : [])),
  ["mediolateral", "ML"],
  ["lateromedial", "LM"],
  ["mediallateraloblique", "MLO"],
  ["exaggeratedcraniocaudallaterally", "XCCL"],
  ["exaggeratedcraniocaudalmedially", "XCCM"],
]);
const modifierMeanings: ReadonlyMap<string, ViewModifier> = new Map(modifierCodes.map(({ meaning, name }) => [lettersOf(meaning), name]));

const codeValueOf = (item: DataSet): string => (text(item, tags.CodeValue) ?? text(item, tags.LongCodeValue) ?? "").toUpperCase();
const meaningOf = (item: DataSet): string => lettersOf(text(item, tags.CodeMeaning) ?? "");

/** The view of an item by its code, else by its meaning; a modifier where one stands in the view's place; "unknown" for what is neither; undefined where the item is empty. */
export function viewOfItem(item: DataSet, reading: Reading): CodedView | { readonly modifier: ViewModifier } | "unknown" | undefined {
  const [value, meaning] = [codeValueOf(item), meaningOf(item)];
  const coded = views.get(value);
  if (coded !== undefined) return coded;
  const modifier = modifiers.get(value);
  const named = viewMeanings.get(meaning);
  if (modifier !== undefined || named !== undefined) reading.nonstandard.add("ViewCodeSequence");
  if (modifier !== undefined) return { modifier };
  return named ?? (value === "" && meaning === "" ? undefined : "unknown");
}

/** The modifier of an item by its code, else by its meaning, else `other`. */
export function modifierOfItem(item: DataSet, reading: Reading): ViewModifier {
  const coded = modifiers.get(codeValueOf(item));
  if (coded !== undefined) return coded;
  const named = modifierMeanings.get(meaningOf(item));
  if (named !== undefined) reading.nonstandard.add("ViewModifierCodeSequence");
  return named ?? "other";
}
