import { viewPositions } from "@mammo/mammogram";
import type { Vr } from "../write/element.ts";

/** Code strings that the reader knows, in whatever letters they are written. */
const known: ReadonlySet<string> = new Set([
  ...["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT"],
  ...["LINEAR", "LINEAR_EXACT", "SIGMOID", "IDENTITY", "INVERSE", "LIN", "LOG", "FOR PRESENTATION", "FOR PROCESSING", "YES", "NO"],
  ...[
    "ORIGINAL",
    "DERIVED",
    "PRIMARY",
    "SECONDARY",
    "GENERATED_2D",
    "TOMOSYNTHESIS",
    "TOMO",
    "TOMO_PROJ",
    "TOMO_2D",
    "TOMOSYNTHESIS_2D",
    "VOLUME",
    "NONE",
  ],
  ...[
    "MIXED",
    "MAXIMUM",
    "MAX_IP",
    "PROJECTION",
    "LOW_ENERGY",
    "HIGH_ENERGY",
    "RECOMBINED",
    "SUBTRACTION",
    "SUBTRACTED",
    "POST_CONTRAST",
    "PRE_CONTRAST",
  ],
  ...["STEREO_SCOUT", "STEREO_PREBIOPSY", "STEREO_POSTBIOPSY", "STEREO_PREFIRE", "STEREO_POSTFIRE", "LEFT", "RIGHT", "BILATERAL", "L", "R", "B", "U"],
  ...[
    "MG",
    "DX",
    "CR",
    "OT",
    "SR",
    "PR",
    "SEG",
    "SC",
    "US",
    "HU",
    "BREAST",
    "MAMMOGRAPHIC",
    "MOLYBDENUM",
    "RHODIUM",
    "TUNGSTEN",
    "SILVER",
    "ALUMINUM",
    "COPPER",
  ],
  ...[...viewPositions].flatMap((view) => [view, `L${view}`, `R${view}`]),
]);
const orientation = /^[APLRHF]{1,3}$/;

/** A code string as the reader takes it: known ones in capitals, others only where they are in capitals already. */
function codeString(value: string): string {
  const capitals = value.toUpperCase();
  if (known.has(capitals) || orientation.test(capitals)) return capitals;
  return /^[A-Z0-9_ ]{1,16}$/.test(value) ? value : "";
}

/** Nothing that reads as a number, in the characters of one: what was unreadable stays so, and does not become absent. */
const unreadable = "-";

/** A number as the reader takes it, in the standard's form; a comma can only be its point. */
function decimalString(value: string, isWhole: boolean): string {
  if (value === "") return "";
  const pointed = /^[^,]*,[^,]*$/.test(value) && !value.includes(".") ? value.replace(",", ".") : value;
  if (isWhole ? /^[+-]?\d{1,11}$/.test(pointed) : /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(pointed)) return pointed;
  const number = Number(pointed);
  return Number.isFinite(number) && (!isWhole || Number.isSafeInteger(number)) ? String(number) : unreadable;
}

/** Values of a representation that holds codes and numbers only, without all else; undefined for representations of other things. */
export function cleanTexts(vr: Vr, values: readonly string[]): string | undefined {
  if (vr === "CS") return values.map(codeString).join("\\");
  return vr === "DS" || vr === "IS" ? values.map((value) => decimalString(value, vr === "IS")).join("\\") : undefined;
}
