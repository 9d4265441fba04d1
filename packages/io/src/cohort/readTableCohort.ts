import { basename, dirname, join, resolve } from "node:path";
import { isViewPosition, type Laterality, type LesionKind, lesionKinds, requireKnownKeys, viewPositions } from "@mammo/mammogram";
import type { Annotation, Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { imageFormat } from "./imageFormat.ts";
import { isFile } from "./isFile.ts";
import { parseCsv } from "./parseCsv.ts";
import { readText } from "./readText.ts";
import type { TableRow } from "./table.ts";

const sides: Readonly<Record<string, Laterality>> = { L: "L", R: "R", LEFT: "L", RIGHT: "R" };
/** In messages: the name of the file is the user's, and may be a patient's. */
const called = "table";

const kinds: readonly string[] = lesionKinds;
const required = ["path", "laterality", "view"];
const optional = ["woman", "patient", "exam", "cancer", "mm_per_pixel", "boxes"];

/**
 * Any table of images -> cohort: a CSV (or, by its name, TSV) file with one row an image.
 *
 * | column | |
 * | --- | --- |
 * | `path` | of the file, below the table's folder or `images`; `/` between folders |
 * | `woman` or `patient` | who must never be split |
 * | `laterality` | L, R, LEFT, RIGHT |
 * | `view` | one of the challenge's 16 codes |
 * | `exam` (optional) | any name; a woman's exams count from 1 as they appear, so oldest first; without it each woman has one |
 * | `cancer` (optional) | 0, 1, or empty where unknown; one value a breast and exam |
 * | `mm_per_pixel` (optional) | one number, or row and column with a space between; for images, and DICOM files without |
 * | `boxes` (optional) | `kind malignant top left bottom right` in the file's pixels, the next after `;`. Empty: no lesion |
 *
 * Other columns are not read.
 * @throws CohortError naming file, row and column and what was expected there; never a cell's value.
 * @example const cohort = await readTableCohort("films/table.csv", { images: "/archive" });
 */
export async function readTableCohort(file: string, options: { readonly images?: string } = {}): Promise<Cohort> {
  requireKnownKeys("readTableCohort", options, { images: true });
  const path = resolve(file);
  const name = basename(path);
  const root = dirname(path);
  const text = await readText(path, "Expected the table");
  const rows = parseCsv(text, { file: called, required, optional, separator: name.endsWith(".tsv") ? "\t" : "," });
  if (rows.length === 0) throw new CohortError("empty-cohort", `${called}: expected at least one image`);
  const columns = Object.keys(rows[0]!.cells);
  const whose = ["woman", "patient"].find((column) => columns.includes(column));
  if (whose === undefined) throw new CohortError("missing-column", `${called}: expected a column woman or patient`);

  const images: Omit<CohortImage, "sha256">[] = [];
  const exams = new Map<string, CohortExam>();
  const lines = new Map<string, number>();
  const examsOf = new Map<string, number>();
  for (const row of rows) {
    const expected = (column: string, what: string): CohortError =>
      new CohortError("invalid-value", `${called} row ${row.line}: expected ${column} to be ${what}`);
    const cell = (column: string): string => row.cells[column] ?? "";
    const patientId = cell(whose);
    const laterality = Object.hasOwn(sides, cell("laterality")) ? sides[cell("laterality")]! : undefined;
    const view = cell("view");
    const format = imageFormat(cell("path"));
    if (patientId === "") throw expected(whose, "given");
    if (laterality === undefined) throw expected("laterality", "L, R, LEFT or RIGHT");
    if (!isViewPosition(view)) throw expected("view", `one of ${viewPositions.join(" ")}`);
    if (!isInside(cell("path"))) throw expected("path", "a path below the images' folder, with / between folders");
    if (format === undefined) throw expected("path", "a .dcm, .png, .pgm, .jpg or .tif file, or one without an ending");
    const before = lines.get(cell("path"));
    if (before !== undefined)
      throw new CohortError("duplicate-row", `${called} row ${row.line}: expected each path once; row ${before} has the same`);
    lines.set(cell("path"), row.line);
    const cancer = cell("cancer") === "" ? undefined : cell("cancer") === "1" ? 1 : cell("cancer") === "0" ? 0 : null;
    if (cancer === null) throw expected("cancer", "0, 1 or empty");

    const id = JSON.stringify([patientId, cell("exam")]);
    const known = exams.get(id);
    if (known === undefined) examsOf.set(patientId, (examsOf.get(patientId) ?? 0) + 1);
    const exam = known ?? newExam(patientId, examsOf.get(patientId)!);
    const told = exam.cancer[laterality];
    if (cancer !== undefined && told !== undefined && told !== cancer) throw expected("cancer", "the same for all images of a breast in an exam");
    exams.set(id, cancer === undefined ? exam : { ...exam, cancer: { ...exam.cancer, [laterality]: cancer } });

    const spacing = cell("mm_per_pixel") === "" ? undefined : spacingOf(cell("mm_per_pixel"));
    if (spacing === null) throw expected("mm_per_pixel", "one or two numbers above 0");
    const lesions = columns.includes("boxes") ? boxesOf(cell("boxes")) : undefined;
    if (lesions === null)
      throw expected(
        "boxes",
        `"kind malignant top left bottom right", with kind one of ${kinds.join(", ")}, malignant 0 or 1, top < bottom and left < right`,
      );
    images.push({
      id: cell("path"),
      patientId,
      exam: exam.id,
      laterality,
      view,
      path: await existing(join(resolve(options.images ?? root), cell("path")), { name: called, row }),
      format,
      ...(spacing === undefined ? {} : { mmPerPixel: spacing }),
      ...(lesions === undefined ? {} : { lesions }),
    });
  }
  const labelOf = new Map([...exams.values()].map((exam) => [exam.id, exam.cancer]));
  return hashedCohort({
    name: "table",
    root,
    imagesRoot: resolve(options.images ?? root),
    tables: [{ name, path }],
    images: images.map((image) => {
      const cancer = labelOf.get(image.exam)?.[image.laterality];
      return cancer === undefined ? image : { ...image, cancer };
    }),
    exams: [...exams.values()],
  });
}

const newExam = (patientId: string, examIndex: number): CohortExam => ({
  id: `${patientId}/${examIndex}`,
  patientId,
  examIndex,
  cancer: {},
  invasive: {},
  metadata: {},
});

function isInside(path: string): boolean {
  return path !== "" && !/[\\\0]/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function spacingOf(cell: string): readonly [row: number, column: number] | null {
  const numbers = cell.split(/\s+/).map(Number);
  if (numbers.length > 2 || !numbers.every((value) => Number.isFinite(value) && value > 0)) return null;
  return [numbers[0]!, numbers.at(-1)!];
}

function boxesOf(cell: string): readonly Annotation[] | null {
  const found = cell
    .split(";")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [kind = "", malignant = "", ...places] = part.trim().split(/\s+/);
      const [top, left, bottom, right] = places.map(Number) as [number, number, number, number];
      const isGood = kinds.includes(kind) && /^[01]$/.test(malignant) && places.length === 4 && top < bottom && left < right;
      return isGood && [top, left, bottom, right].every(Number.isFinite)
        ? { kind: kind as LesionKind, malignant: malignant === "1", box: { top, left, bottom, right } }
        : null;
    });
  return found.includes(null) ? null : (found as readonly Annotation[]);
}

async function existing(path: string, from: { readonly name: string; readonly row: TableRow }): Promise<string> {
  if (!(await isFile(path)))
    throw new CohortError("missing-file", `${from.name} row ${from.row.line}: expected the file of its path below the images' folder`);
  return path;
}
