import { access, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isViewPosition, type Laterality, viewPositions } from "../dicom/header/view.ts";
import type { Annotation, Cohort, CohortExam, CohortImage, LesionKind } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { hashFiles, hashManifest } from "../exam/hashFiles.ts";
import { parseTsv, type TableRow } from "./parseTsv.ts";

const crosswalk = "images_crosswalk.tsv";
const examsTable = "exams_metadata.tsv";
const annotationsTable = "annotations.tsv";
const kinds: readonly string[] = ["calcification", "mass", "distortion", "asymmetry"] satisfies readonly LesionKind[];

/**
 * A folder in the layout of the DREAM Digital Mammography challenge -> cohort: `images_crosswalk.tsv`, `exams_metadata.tsv` (optional where the crosswalk labels images) and DICOM files beside them or in `images/`; `annotations.tsv` (ours, optional) marks lesions.
 *
 * @throws CohortError naming file and row and what was expected there.
 * @example const cohort = await readDreamCohort("data/dream");
 */
export async function readDreamCohort(directory: string): Promise<Cohort> {
  const root = resolve(directory);
  const tables = [crosswalk];
  const table = parseTsv(await readTable(root, crosswalk), {
    file: crosswalk,
    required: ["subjectId", "examIndex", "imageIndex", "view", "laterality", "filename"],
  });
  if (table.rows.length === 0) throw new CohortError("empty-cohort", `${crosswalk}: expected at least one image`);
  const examsText = await readFile(join(root, examsTable), "utf8").catch(() => undefined);
  if (examsText !== undefined) tables.push(examsTable);
  const annotationsText = await readFile(join(root, annotationsTable), "utf8").catch(() => undefined);
  if (annotationsText !== undefined) tables.push(annotationsTable);

  const exams = new Map<string, CohortExam & { readonly notImaged: ReadonlySet<Laterality>; readonly line: number }>();
  for (const row of examsText === undefined
    ? []
    : parseTsv(examsText, { file: examsTable, required: ["subjectId", "examIndex", "cancerL", "cancerR"] }).rows) {
    const exam = readExamRow(row);
    if (exams.has(exam.id))
      throw new CohortError(
        "duplicate-row",
        `${examsTable} row ${row.line}: expected one row a woman and exam; row ${exams.get(exam.id)!.line} is of the same`,
      );
    exams.set(exam.id, exam);
  }
  const lesions = annotationsText === undefined ? undefined : readAnnotations(annotationsText);

  const images: Omit<CohortImage, "sha256">[] = [];
  const seen = new Map<string, number>();
  const unique = (key: string, line: number, what: string): void => {
    const before = seen.get(key);
    if (before !== undefined)
      throw new CohortError("duplicate-row", `${crosswalk} row ${line}: expected each ${what} once; row ${before} has the same`);
    seen.set(key, line);
  };
  for (const row of table.rows) {
    const { subjectId, imageIndex, view, laterality, filename } = row.cells as Record<string, string>;
    const at = `${crosswalk} row ${row.line}`;
    const examIndex = readInteger(row, "examIndex", crosswalk);
    if (!subjectId) throw new CohortError("invalid-value", `${at}: expected a subjectId`);
    if (laterality !== "L" && laterality !== "R") throw new CohortError("invalid-value", `${at}: expected laterality L or R`);
    if (!isViewPosition(view!)) throw new CohortError("invalid-value", `${at}: expected view to be one of ${viewPositions.join(" ")}`);
    unique(`file\t${filename}`, row.line, "filename");
    unique(`image\t${subjectId}\t${examIndex}\t${imageIndex}`, row.line, "subjectId, examIndex and imageIndex");
    const exam = `${subjectId}/${examIndex}`;
    const known = exams.get(exam);
    if (examsText !== undefined && known === undefined)
      throw new CohortError("invalid-value", `${at}: expected a row of the same subjectId and examIndex in ${examsTable}`);
    if (known?.notImaged.has(laterality))
      throw new CohortError(
        "invalid-value",
        `${examsTable} row ${known.line}: cancer${laterality} says that the breast was not imaged (.), but ${crosswalk} row ${row.line} is an image of it`,
      );
    const own = readLabel(row, "cancer", crosswalk);
    const ofExam = known?.cancer[laterality];
    if (own.label !== undefined && ofExam !== undefined && own.label !== ofExam)
      throw new CohortError("invalid-value", `${at}: expected cancer to equal cancer${laterality} of ${examsTable} row ${known!.line}`);
    const cancer = ofExam ?? own.label;
    images.push({
      id: filename!,
      woman: subjectId,
      exam,
      laterality,
      view: view as CohortImage["view"],
      path: await findFile(root, filename!, row.line),
      format: "dicom",
      ...(cancer === undefined ? {} : { cancer }),
      ...(lesions === undefined ? {} : { lesions: lesions.get(filename!)?.found ?? [] }),
    });
    if (known === undefined)
      exams.set(exam, { id: exam, woman: subjectId, examIndex, cancer: {}, invasive: {}, metadata: {}, notImaged: new Set(), line: row.line });
  }
  const women = new Set(images.map((image) => image.woman));
  for (const exam of exams.values())
    if (!women.has(exam.woman))
      throw new CohortError("no-usable-view", `${examsTable} row ${exam.line}: expected at least one image of the woman in ${crosswalk}`);
  for (const [file, { line }] of lesions ?? [])
    if (!seen.has(`file\t${file}`)) throw new CohortError("missing-file", `${annotationsTable} row ${line}: expected a filename of ${crosswalk}`);

  const hashes = await hashFiles([...tables.map((name) => join(root, name)), ...images.map((image) => image.path)]);
  const manifest = [...tables, ...images.map((image) => image.id)].map((name, index) => ({ name, sha256: hashes[index]! }));
  return {
    name: "dream",
    root,
    sha256: hashManifest(manifest),
    images: images.map((image, index) => ({ ...image, sha256: hashes[tables.length + index]! })),
    exams: [...exams.values()].map(({ notImaged: _notImaged, line: _line, ...exam }) => withImageLabels(exam, images)),
  };
}

/** Where only the crosswalk labels, its labels are the exam's. */
function withImageLabels(exam: CohortExam, images: readonly Omit<CohortImage, "sha256">[]): CohortExam {
  if (Object.keys(exam.metadata).length > 0) return exam;
  const cancer = Object.fromEntries(
    images.filter((image) => image.exam === exam.id && image.cancer !== undefined).map((image) => [image.laterality, image.cancer]),
  );
  return { ...exam, cancer };
}

async function readTable(root: string, name: string): Promise<string> {
  return readFile(join(root, name), "utf8").catch((cause: unknown) => {
    throw new CohortError("missing-file", `Expected a file ${name} in the cohort's folder`, { cause });
  });
}

async function findFile(root: string, name: string, line: number): Promise<string> {
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name))
    throw new CohortError("invalid-value", `${crosswalk} row ${line}: expected a filename inside the cohort's folder`);
  for (const path of [join(root, "images", name), join(root, name)]) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return path;
  }
  throw new CohortError("missing-file", `${crosswalk} row ${line}: expected the file ${name} in images/ or beside the table`);
}

function readInteger(row: TableRow, column: string, file: string): number {
  const value = Number(row.cells[column]);
  if (row.cells[column] === "" || !Number.isInteger(value))
    throw new CohortError("invalid-value", `${file} row ${row.line}: expected ${column} to be an integer`);
  return value;
}

/** 0 or 1; "." is a breast that was not imaged, "*" a masked label; an absent column labels nothing. */
function readLabel(row: TableRow, column: string, file: string): { readonly label?: 0 | 1; readonly notImaged: boolean } {
  const value = row.cells[column];
  if (value === "0" || value === "1") return { label: Number(value) as 0 | 1, notImaged: false };
  if (value === undefined || value === "*") return { notImaged: false };
  if (value === ".") return { notImaged: true };
  throw new CohortError("invalid-value", `${file} row ${row.line}: expected ${column} to be 0, 1, . or *`);
}

const named = new Set(["subjectId", "examIndex", "daysSincePreviousExam", "cancerL", "cancerR", "invL", "invR"]);

function readExamRow(row: TableRow): CohortExam & { readonly notImaged: ReadonlySet<Laterality>; readonly line: number } {
  const woman = row.cells["subjectId"]!;
  const examIndex = readInteger(row, "examIndex", examsTable);
  const days = Number(row.cells["daysSincePreviousExam"] || Number.NaN);
  const both = (prefix: string): { L: ReturnType<typeof readLabel>; R: ReturnType<typeof readLabel> } => ({
    L: readLabel(row, `${prefix}L`, examsTable),
    R: readLabel(row, `${prefix}R`, examsTable),
  });
  const labels = (found: ReturnType<typeof both>): Partial<Record<Laterality, 0 | 1>> => ({
    ...(found.L.label === undefined ? {} : { L: found.L.label }),
    ...(found.R.label === undefined ? {} : { R: found.R.label }),
  });
  const cancer = both("cancer");
  return {
    id: `${woman}/${examIndex}`,
    woman,
    examIndex,
    ...(Number.isFinite(days) ? { daysSincePreviousExam: days } : {}),
    cancer: labels(cancer),
    invasive: labels(both("inv")),
    metadata: Object.fromEntries(Object.entries(row.cells).filter(([name]) => !named.has(name))),
    notImaged: new Set((["L", "R"] as const).filter((side) => cancer[side].notImaged)),
    line: row.line,
  };
}

function readAnnotations(text: string): Map<string, { readonly found: Annotation[]; readonly line: number }> {
  const byFile = new Map<string, { readonly found: Annotation[]; readonly line: number }>();
  const { rows } = parseTsv(text, { file: annotationsTable, required: ["filename", "kind", "malignant", "top", "left", "bottom", "right"] });
  for (const row of rows) {
    const at = `${annotationsTable} row ${row.line}`;
    const { filename, kind, malignant } = row.cells as Record<string, string>;
    const [top, left, bottom, right] = ["top", "left", "bottom", "right"].map((name) => Number(row.cells[name] || Number.NaN));
    if (!kinds.includes(kind!)) throw new CohortError("invalid-value", `${at}: expected kind to be one of ${kinds.join(", ")}`);
    if (malignant !== "0" && malignant !== "1") throw new CohortError("invalid-value", `${at}: expected malignant to be 0 or 1`);
    if (!(top! < bottom!) || !(left! < right!)) throw new CohortError("invalid-value", `${at}: expected numbers top < bottom and left < right`);
    const annotation: Annotation = {
      kind: kind as LesionKind,
      malignant: malignant === "1",
      box: { top: top!, left: left!, bottom: bottom!, right: right! },
    };
    const entry = byFile.get(filename!);
    if (entry) entry.found.push(annotation);
    else byFile.set(filename!, { found: [annotation], line: row.line });
  }
  return byFile;
}
