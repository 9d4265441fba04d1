import { linesOf } from "@mammo/files";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { CohortError } from "../cohortError.ts";
import { requireShort } from "../textLimits.ts";

/** One film of a DDSM case. */
export interface IcsFilm {
  /** As in the film's file names: LEFT_CC. */
  readonly name: string;
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly rows: number;
  readonly columns: number;
  readonly bitsPerPixel: number;
  readonly mmPerPixel: number;
  /** Whether an OVERLAY file with outlines stands beside the film. */
  readonly hasOverlay: boolean;
}

/** What the .ics file of a DDSM case says of its films. */
export interface IcsCase {
  /** BI-RADS density, 1 to 4; undefined where not rated. */
  readonly density?: number;
  /** The scanner, as written: HOWTEK 43.5. */
  readonly digitizer: string;
  readonly films: readonly IcsFilm[];
}

const filmLine =
  /^(LEFT|RIGHT)_(CC|MLO)\s+LINES\s+(\d+)\s+PIXELS_PER_LINE\s+(\d+)\s+BITS_PER_PIXEL\s+(\d+)\s+RESOLUTION\s+(\d+(?:\.\d+)?)\s+(OVERLAY|NON_OVERLAY)$/;

/**
 * The text of a DDSM `.ics` file -> size, resolution and overlay of each film. The woman's age and the dates are not read.
 *
 * Source: Heath et al., The Digital Database for Screening Mammography, IWDM 2000, and the format's description with the database (documented); resolution is in micrometers there.
 * @param options.file stands in error texts.
 * @throws CohortError `invalid-value` for a film's line of another form and for more than 2^18 letters, `duplicate-row` for a film told twice, `empty-cohort` without films.
 * @example const { films } = parseIcs(await readFile("D-4000-1.ics", "utf8"));
 */
export function parseIcs(text: string, options: { readonly file?: string } = {}): IcsCase {
  requireKnownKeys("parseIcs", options, { file: true });
  const file = options.file ?? ".ics";
  const films: IcsFilm[] = [];
  let density: number | undefined;
  let digitizer = "";
  requireShort(text, { kind: "ics", file });
  let row = 0;
  for (const content of linesOf(text)) {
    row++;
    const line = content.trim();
    if (/^DENSITY\s+[1-4]$/.test(line)) density = Number(line.slice(-1));
    if (line.startsWith("DIGITIZER ")) digitizer = line.slice("DIGITIZER ".length).trim();
    if (!/^(LEFT|RIGHT)_/.test(line)) continue;
    const film = readFilm(line);
    if (film === undefined)
      throw new CohortError(
        "invalid-value",
        `${file} row ${row}: expected SIDE_VIEW LINES n PIXELS_PER_LINE n BITS_PER_PIXEL n RESOLUTION micrometers OVERLAY or NON_OVERLAY, all above 0`,
      );
    if (films.some(({ name }) => name === film.name)) throw new CohortError("duplicate-row", `${file} row ${row}: expected each film once`);
    films.push(film);
  }
  if (films.length === 0) throw new CohortError("empty-cohort", `${file}: expected at least one film`);
  return { ...(density === undefined ? {} : { density }), digitizer, films };
}

function readFilm(line: string): IcsFilm | undefined {
  const match = filmLine.exec(line);
  if (match === null) return undefined;
  const [rows, columns, bitsPerPixel, micrometers] = match.slice(3, 7).map(Number) as [number, number, number, number];
  if (Math.min(rows, columns, bitsPerPixel, micrometers) <= 0) return undefined;
  return {
    name: `${match[1]}_${match[2]}`,
    laterality: match[1] === "LEFT" ? "L" : "R",
    view: match[2] as ViewPosition,
    rows,
    columns,
    bitsPerPixel,
    mmPerPixel: micrometers / 1000,
    hasOverlay: match[7] === "OVERLAY",
  };
}
