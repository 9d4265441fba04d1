import { basename, join, resolve } from "node:path";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import type { Annotation, Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { imageFormat } from "./imageFormat.ts";
import { isFile } from "./isFile.ts";
import { parseTsv } from "./parseTsv.ts";
import { readText } from "./readText.ts";
import type { TableRow } from "./table.ts";

/** The table that tells this layout from the archive's own. */
export const filmTable = "labels.tsv";

/** Films were squeezed to a square of so many pixels. */
const side = 800;

/** Of the films before that: scanners of 0.042 to 0.05 mm made them, and neither table nor file says which. Assumed. */
const filmMm = 0.047;

const sides: Readonly<Record<string, Laterality>> = { LEFT: "L", RIGHT: "R" };
const views: readonly string[] = ["CC", "MLO"] satisfies readonly ViewPosition[];
const pathologies = ["MALIGNANT", "BENIGN", "BENIGN_WITHOUT_CALLBACK"];
const places = ["x800", "y800", "w800", "h800"] as const;
const keys = ["split", "image", "lesion", "patient", "side", "view"] as const;
const required = [...keys, ...places, "pathology", "orig_width", "orig_height"];

/**
 * Whole films of CBIS-DDSM squeezed to 800x800, with a table `labels.tsv` (one row a mass) and the films at `SPLIT/IMAGE` -> cohort. The squeeze is undone by the size of a
 * pixel: that of the film before it (0.047 mm, assumed), times `orig_height` / 800 down and `orig_width` / 800 across; boxes are pixels of the file.
 *
 * A breast has cancer if any of its rows is MALIGNANT. All columns but the keys are the lesion's `description`. A table without the column `pathology` is refused; for films without labels use `readTableCohort`.
 *
 * @throws CohortError naming file, row and what was expected.
 */
export async function readCbisFilms(directory: string): Promise<Cohort> {
  const root = resolve(directory);
  const path = join(root, filmTable);
  const rows = parseTsv(await readText(path, `Expected the table ${filmTable}`), { file: filmTable, required, optional: "all" });
  if (rows.length === 0) throw new CohortError("empty-cohort", `${filmTable}: expected at least one film`);
  const films = new Map<string, Omit<CohortImage, "sha256" | "cancer"> & { readonly lesions: Annotation[] }>();
  const exams = new Map<string, CohortExam>();
  const lines = new Map<string, number>();
  for (const row of rows) {
    const film = filmOf(row, root);
    const lesion = `${film.id}\t${row.cells["lesion"]}`;
    if (lines.has(lesion))
      throw new CohortError("duplicate-row", `${placeOf(row)}: expected each lesion of a film once; row ${lines.get(lesion)} has the same`);
    lines.set(lesion, row.line);
    const before = films.get(film.id);
    if (before === undefined && !(await isFile(film.path)))
      throw new CohortError("missing-file", `${placeOf(row)}: expected the film of its split and image`);
    if (before !== undefined && (before.patientId !== film.patientId || String(before.mmPerPixel) !== String(film.mmPerPixel)))
      throw new CohortError("invalid-value", `${placeOf(row)}: expected the same patient and size in all rows of a film`);
    const lesions = before?.lesions ?? [];
    for (const lesion of film.lesions) lesions.push(lesion);
    films.set(film.id, { ...film, lesions });
    exams.set(film.exam, withBreast(exams.get(film.exam), film));
  }
  return hashedCohort({
    name: "cbis-ddsm-films",
    root,
    tables: [{ name: filmTable, path }],
    images: [...films.values()].map((film) => ({ ...film, cancer: exams.get(film.exam)!.cancer[film.laterality]! })),
    exams: [...exams.values()],
  });
}

const placeOf = ({ line }: TableRow): string => `${filmTable} row ${line}`;

function filmOf(row: TableRow, root: string) {
  const { cells } = row;
  const expected = (what: string): CohortError => new CohortError("invalid-value", `${placeOf(row)}: expected ${what}`);
  const cell = (name: string): string => cells[name]!;
  const number = (name: string): number => {
    const value = cell(name) === "" ? Number.NaN : Number(cell(name));
    if (!(Number.isFinite(value) && value >= 0)) throw expected(`${name} to be a number of at least 0`);
    return value;
  };
  if (cell("patient") === "") throw expected("a patient");
  if (!Object.hasOwn(sides, cell("side"))) throw expected("side to be LEFT or RIGHT");
  if (!views.includes(cell("view"))) throw expected("view to be CC or MLO");
  if (!pathologies.includes(cell("pathology"))) throw expected(`pathology to be one of ${pathologies.join(", ")}`);
  for (const name of ["split", "image"])
    if (cell(name) !== basename(cell(name)) || !/^[\w-][\w.-]*$/.test(cell(name))) throw expected(`${name} to be the name of one folder or file`);
  const [height, width] = [number("orig_height"), number("orig_width")];
  const [left, top, across, down] = places.map(number) as [number, number, number, number];
  if (!(height > 0 && width > 0 && across > 0 && down > 0)) throw expected("orig_width, orig_height, w800 and h800 above 0");
  const format = imageFormat(cell("image"));
  if (format === undefined) throw expected("image to be a file of a known kind, such as .jpg");
  const described = Object.entries(cells).filter(([name]) => !(keys as readonly string[]).includes(name));
  const lesion: Annotation = {
    kind: "mass",
    malignant: cell("pathology") === "MALIGNANT",
    box: { top, left, bottom: top + down, right: left + across },
    description: Object.fromEntries(described),
  };
  const patientId = cell("patient");
  return {
    id: `${cell("split")}/${cell("image")}`,
    patientId,
    exam: `${patientId}/1`,
    laterality: sides[cell("side")]!,
    view: cell("view") as ViewPosition,
    path: join(root, cell("split"), cell("image")),
    format,
    size: [side, side] as const,
    mmPerPixel: [(filmMm * height) / side, (filmMm * width) / side] as const,
    lesions: [lesion],
  };
}

function withBreast(
  before: CohortExam | undefined,
  {
    exam,
    patientId,
    laterality,
    lesions,
  }: { readonly exam: string; readonly patientId: string; readonly laterality: Laterality; readonly lesions: readonly Annotation[] },
): CohortExam {
  const isMalignant = lesions.some(({ malignant }) => malignant);
  const cancer = { ...before?.cancer, [laterality]: isMalignant ? 1 : (before?.cancer[laterality] ?? 0) } as CohortExam["cancer"];
  return { id: exam, patientId, examIndex: 1, cancer, invasive: {}, metadata: {} };
}
