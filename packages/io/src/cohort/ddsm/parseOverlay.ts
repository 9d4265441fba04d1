import { linesOf } from "@mammo/files";
import type { LesionKind } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { CohortError } from "../cohortError.ts";
import { requireShort } from "../textLimits.ts";
import { type Outline, readChainCode } from "./chainCode.ts";

/** Of an outline with half a million codes: around a whole film, several times. */
const lineLength = 2 ** 20;

const pathologies = ["MALIGNANT", "BENIGN", "BENIGN_WITHOUT_CALLBACK", "UNPROVEN"] as const;

/** One abnormality that DDSM's radiologists outlined in a film. */
export interface OverlayAbnormality {
  /** One for each LESION_TYPE line, in order; empty for types other than these four. */
  readonly kinds: readonly LesionKind[];
  /** The LESION_TYPE lines as written: MASS SHAPE LOBULATED MARGINS CIRCUMSCRIBED. */
  readonly lesionTypes: readonly string[];
  /** BI-RADS assessment, 0 to 5. */
  readonly assessment: number;
  /** 1 (subtle) to 5 (obvious). */
  readonly subtlety: number;
  readonly pathology: (typeof pathologies)[number];
  readonly boundary: Outline;
  /** Denser parts inside the boundary, often none. */
  readonly cores: readonly Outline[];
}

/**
 * The text of a DDSM OVERLAY file -> its abnormalities with outlines and boxes in the film's pixels.
 *
 * Source: Heath et al., The Digital Database for Screening Mammography, IWDM 2000, and the format's description with the database (documented); a mass whose shape is an architectural distortion or an asymmetry is told as such, which is ours.
 * @param options.file stands in error texts.
 * @param options.film the film's size, from `parseIcs`: an outline that leaves it is refused.
 * @throws CohortError `invalid-value` naming file and row and what was expected there.
 * @example for (const { boundary, pathology } of parseOverlay(text)) console.log(boundary.box, pathology);
 */
export function parseOverlay(
  text: string,
  options: { readonly file?: string; readonly film?: { readonly rows: number; readonly columns: number } } = {},
): readonly OverlayAbnormality[] {
  requireKnownKeys("parseOverlay", options, { file: true, film: true });
  const file = options.file ?? "OVERLAY";
  requireShort(text, { kind: "overlay", file });
  const lines: { readonly row: number; readonly words: string }[] = [];
  let row = 0;
  for (const content of linesOf(text)) {
    row++;
    if (content.length > lineLength) throw new CohortError("invalid-value", `${file} row ${row}: expected a line of at most ${lineLength} letters`);
    const words = content.trim().replace(/\s+/g, " ");
    if (words !== "") lines.push({ row, words });
  }
  let next = 0;
  const expected = (what: string): CohortError =>
    new CohortError("invalid-value", `${file} row ${(lines[next - 1] ?? lines[0])?.row ?? 1}: expected ${what}`);
  const isNext = (name: string): boolean => firstWord(lines[next]) === name;
  const take = (name: string): string => {
    const line = lines[next++];
    if (line === undefined || firstWord(line) !== name) throw expected(line === undefined ? `${name} after it` : name);
    return line.words.slice(name.length + 1);
  };
  const integer = (name: string, most: number): number => {
    const value = take(name);
    if (!/^\d{1,3}$/.test(value) || Number(value) > most) throw expected(`${name} and an integer from 0 to ${most}`);
    return Number(value);
  };
  const outline = (name: string): Outline => {
    take(name);
    const found = readChainCode(lines[next++]?.words ?? "");
    if (found === undefined) throw expected("column, row, codes 0 to 7 and #");
    const { top, left, bottom, right } = found.box;
    const { rows, columns } = options.film ?? { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };
    if (top < 0 || left < 0 || bottom > rows || right > columns) throw expected("an outline inside the film");
    return found;
  };

  const abnormalities = Array.from({ length: integer("TOTAL_ABNORMALITIES", 99) }, (_, index): OverlayAbnormality => {
    if (take("ABNORMALITY") !== String(index + 1)) throw expected(`ABNORMALITY ${index + 1}`);
    const lesionTypes = [take("LESION_TYPE")];
    while (isNext("LESION_TYPE")) lesionTypes.push(take("LESION_TYPE"));
    const assessment = integer("ASSESSMENT", 5);
    const subtlety = integer("SUBTLETY", 5);
    const told = take("PATHOLOGY");
    const pathology = pathologies.find((name) => name === told);
    if (pathology === undefined) throw expected(`PATHOLOGY to be one of ${pathologies.join(", ")}`);
    const outlines = integer("TOTAL_OUTLINES", 99);
    if (outlines === 0) throw expected("TOTAL_OUTLINES to be at least 1");
    const boundary = outline("BOUNDARY");
    const cores = Array.from({ length: outlines - 1 }, () => outline("CORE"));
    return { kinds: lesionTypes.flatMap(kindOf), lesionTypes, assessment, subtlety, pathology, boundary, cores };
  });
  if (next < lines.length) {
    next++;
    throw expected(`nothing after ${abnormalities.length} abnormalities`);
  }
  return abnormalities;
}

const firstWord = (line?: { readonly words: string }): string | undefined => line && /^[^ ]*/.exec(line.words)![0];

function kindOf(lesionType: string): readonly LesionKind[] {
  if (lesionType.includes("ARCHITECTURAL_DISTORTION")) return ["distortion"];
  if (/ASYMMETRIC/.test(lesionType)) return ["asymmetry"];
  if (lesionType.startsWith("MASS")) return ["mass"];
  return lesionType.startsWith("CALCIFICATION") ? ["calcification"] : [];
}
