import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isViewPosition, type Laterality, minMax, requireKnownKeys } from "@mammo/mammogram";
import type { Annotation, Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { groupBy } from "./groupBy.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { imageFormat } from "./imageFormat.ts";
import { parseCsv } from "./parseCsv.ts";
import { parseInbreastRois } from "./parseInbreastRois.ts";
import { readText } from "./readText.ts";

const table = "INbreast.csv";

/** How INbreast's assessments become labels. */
export interface InbreastOptions {
  /** A breast's label from the highest of its images' BI-RADS assessments; by default 4, 5 and 6 are cancer and 0 is open. */
  readonly cancer?: (biRads: 0 | 1 | 2 | 3 | 4 | 5 | 6) => 0 | 1 | undefined;
}

const byAssessment = (biRads: number): 0 | 1 | undefined => (biRads === 0 ? undefined : biRads >= 4 ? 1 : 0);

/** One image of the table. */
interface Row {
  readonly line: number;
  readonly number: string;
  readonly patientId: string;
  readonly month: string;
  readonly laterality: Laterality;
  readonly view: CohortImage["view"];
  readonly biRads: number;
  readonly file: string;
}

/**
 * INbreast as distributed: `INbreast.csv` (semicolons), `AllDICOMs/` and, where there are outlines, `AllXML/` -> cohort.
 *
 * The table states no pathology: labels and `malignant` follow from BI-RADS (ours; see `options.cancer`). The woman is the second part of the file's name, since the table's own column is removed; her exams are told apart by the month of acquisition.
 * Source: Moreira et al., INbreast: toward a full-field digital mammographic database, Acad Radiol 2012. Written from the public layout; not tried on the data themselves, which may not be passed on.
 *
 * @throws CohortError naming file, row and what was expected.
 * @example const cohort = await readInbreastCohort("data/INbreast Release 1.0");
 */
export async function readInbreastCohort(directory: string, options: InbreastOptions = {}): Promise<Cohort> {
  requireKnownKeys("readInbreastCohort", options, { cancer: true });
  const root = resolve(directory);
  const labelOf = (options.cancer ?? byAssessment) as (biRads: number) => 0 | 1 | undefined;
  const text = await readText(join(root, table), `Expected ${table} in the cohort's folder`);
  const listed = (folder: string): Promise<readonly string[]> => readdir(join(root, folder)).catch(() => []);
  const outlined = new Set(await listed("AllXML"));
  const rows = rowsOf(text, await listed("AllDICOMs"));
  if (rows.length === 0) throw new CohortError("empty-cohort", `${table}: expected at least one image`);

  const exams = examsOf(rows, labelOf);
  const read: string[] = [table];
  const images: Omit<CohortImage, "sha256">[] = [];
  for (const row of rows) {
    const exam = exams.get(examKey(row))!;
    const cancer = exam.cancer[row.laterality];
    const outlines = `${row.number}.xml`;
    if (outlined.has(outlines)) read.push(`AllXML/${outlines}`);
    const lesions = outlined.has(outlines)
      ? await lesionsOf(join(root, "AllXML", outlines), { file: `the outlines of ${table} row ${row.line}`, malignant: labelOf(row.biRads) === 1 })
      : [];
    const { patientId, laterality, view } = row;
    const path = join(root, "AllDICOMs", row.file);
    images.push({
      id: row.number,
      patientId,
      exam: exam.id,
      laterality,
      view,
      path,
      format: imageFormat(row.file)!,
      lesions,
      mmPerPixel: [0.07, 0.07],
      ...(cancer === undefined ? {} : { cancer }),
    });
  }
  return hashedCohort({ name: "inbreast", root, tables: read.map((name) => ({ name, path: join(root, name) })), images, exams: [...exams.values()] });
}

function rowsOf(text: string, files: readonly string[]): readonly Row[] {
  const required = ["Laterality", "View", "Acquisition date", "File Name", "Bi-Rads"];
  const seen = new Map<string, number>();
  const filesOf = groupBy(
    files.filter((name) => imageFormat(name) !== undefined),
    (name) => /^\d+(?=_)/.exec(name)?.[0] ?? "",
  );
  return parseCsv(text, { file: table, required, separator: ";" }).map(({ line, cells }) => {
    const expected = (what: string): CohortError => new CohortError("invalid-value", `${table} row ${line}: expected ${what}`);
    const [laterality, view, month, number, biRads] = required.map((column) => cells[column]!) as [string, string, string, string, string];
    if (laterality !== "L" && laterality !== "R") throw expected("Laterality L or R");
    if (!isViewPosition(view)) throw expected("View to be one of the challenge's codes");
    if (!/^\d{6}$/.test(month)) throw expected("Acquisition date as year and month");
    if (!/^\d{1,12}$/.test(number)) throw expected("File Name to be a number");
    if (!/^[0-6][abc]?$/.test(biRads)) throw expected("Bi-Rads from 0 to 6, perhaps with a, b or c");
    const before = seen.get(number);
    if (before !== undefined)
      throw new CohortError("duplicate-row", `${table} row ${line}: expected each File Name once; row ${before} has the same`);
    seen.set(number, line);
    const own = filesOf.get(number) ?? [];
    const patientId = /^\d+_([0-9a-f]+)_/.exec(own[0] ?? "")?.[1];
    if (own.length !== 1 || patientId === undefined)
      throw new CohortError(
        "missing-file",
        `${table} row ${line}: expected one file in AllDICOMs named File Name, woman, MG, breast and view, with _ between, got ${own.length}`,
      );
    return { line, number, patientId, month, laterality, view, biRads: Number(biRads[0]), file: own[0]! };
  });
}

const examKey = ({ patientId, month }: Row): string => `${patientId} ${month}`;

function examsOf(rows: readonly Row[], labelOf: (biRads: number) => 0 | 1 | undefined): ReadonlyMap<string, CohortExam> {
  const exams = new Map<string, CohortExam>();
  const examsOf = new Map<string, number>();
  for (const [key, own] of [...groupBy(rows, examKey)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { patientId } = own[0]!;
    const examIndex = (examsOf.get(patientId) ?? 0) + 1;
    examsOf.set(patientId, examIndex);
    const cancer: Partial<Record<Laterality, 0 | 1>> = {};
    for (const side of ["L", "R"] as const) {
      const assessed = own.filter(({ laterality }) => laterality === side).map(({ biRads }) => biRads);
      const label = assessed.length === 0 ? undefined : labelOf(minMax(assessed)[1]);
      if (label !== undefined) cancer[side] = label;
    }
    exams.set(key, { id: `${patientId}/${examIndex}`, patientId, examIndex, cancer, invasive: {}, metadata: {} });
  }
  return exams;
}

async function lesionsOf(path: string, options: { readonly file: string; readonly malignant: boolean }): Promise<readonly Annotation[]> {
  const rois = parseInbreastRois(await readText(path, `Expected to read ${options.file}`, "outlines"), options);
  return rois.flatMap(({ kind, box }) => (kind === undefined ? [] : [{ kind, malignant: options.malignant, box }]));
}
