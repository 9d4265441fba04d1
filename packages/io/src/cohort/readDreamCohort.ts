import { join, resolve } from "node:path";
import { readFileIfThere } from "@mammo/files/node";
import { isViewPosition, viewPositions } from "@mammo/mammogram";
import type { Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { groupBy } from "./groupBy.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { isFile } from "./isFile.ts";
import { parseDreamAnnotations } from "./parseDreamAnnotations.ts";
import { type DreamExam, parseDreamExams, readInteger, readLabel } from "./parseDreamExams.ts";
import { parseTsv } from "./parseTsv.ts";
import { readText } from "./readText.ts";

const crosswalk = "images_crosswalk.tsv";
const examsTable = "exams_metadata.tsv";
const annotationsTable = "annotations.tsv";

/**
 * A folder in the layout of the DREAM Digital Mammography challenge -> cohort: `images_crosswalk.tsv`, `exams_metadata.tsv` (optional where the crosswalk labels images) and DICOM files beside them or in `images/`; `annotations.tsv` (ours, optional) marks lesions.
 *
 * @throws CohortError naming file and row and what was expected there.
 * @example const cohort = await readDreamCohort("data/dream");
 */
export async function readDreamCohort(directory: string): Promise<Cohort> {
  const root = resolve(directory);
  const rows = parseTsv(await readText(join(root, crosswalk), `Expected a file ${crosswalk} in the cohort's folder`), {
    file: crosswalk,
    required: ["subjectId", "examIndex", "imageIndex", "view", "laterality", "filename"],
    optional: ["cancer"],
  });
  if (rows.length === 0) throw new CohortError("empty-cohort", `${crosswalk}: expected at least one image`);
  const examsText = await readIfThere(join(root, examsTable));
  const annotationsText = await readIfThere(join(root, annotationsTable));
  const exams = examsText === undefined ? new Map<string, DreamExam>() : parseDreamExams(examsText, examsTable);
  const lesions = annotationsText === undefined ? undefined : parseDreamAnnotations(annotationsText, annotationsTable);

  const images: Omit<CohortImage, "sha256">[] = [];
  const seen = new Map<string, number>();
  const unique = (key: string, line: number, what: string): void => {
    const before = seen.get(key);
    if (before !== undefined)
      throw new CohortError("duplicate-row", `${crosswalk} row ${line}: expected each ${what} once; row ${before} has the same`);
    seen.set(key, line);
  };
  for (const row of rows) {
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
      patientId: subjectId,
      exam,
      laterality,
      view: view as CohortImage["view"],
      path: await findFile(root, filename!, row.line),
      format: "dicom",
      ...(cancer === undefined ? {} : { cancer }),
      ...(lesions === undefined ? {} : { lesions: lesions.get(filename!)?.found ?? [] }),
    });
    if (known === undefined)
      exams.set(exam, { id: exam, patientId: subjectId, examIndex, cancer: {}, invasive: {}, metadata: {}, notImaged: new Set(), line: row.line });
  }
  const women = new Set(images.map((image) => image.patientId));
  for (const exam of exams.values())
    if (!women.has(exam.patientId))
      throw new CohortError("no-usable-view", `${examsTable} row ${exam.line}: expected at least one image of the woman in ${crosswalk}`);
  for (const [file, { line }] of lesions ?? [])
    if (!seen.has(`file\t${file}`)) throw new CohortError("missing-file", `${annotationsTable} row ${line}: expected a filename of ${crosswalk}`);

  const ofExam = groupBy(images, ({ exam }) => exam);
  const tables = [crosswalk, ...(examsText === undefined ? [] : [examsTable]), ...(annotationsText === undefined ? [] : [annotationsTable])];
  return hashedCohort({
    name: "dream",
    root,
    tables: tables.map((name) => ({ name, path: join(root, name) })),
    images,
    exams: [...exams.values()].map(({ notImaged: _notImaged, line: _line, ...exam }) => withImageLabels(exam, ofExam.get(exam.id) ?? [])),
  });
}

/** Where only the crosswalk labels, its labels are the exam's. */
function withImageLabels(exam: CohortExam, images: readonly Omit<CohortImage, "sha256">[]): CohortExam {
  if (Object.keys(exam.metadata).length > 0) return exam;
  const cancer = Object.fromEntries(images.filter((image) => image.cancer !== undefined).map((image) => [image.laterality, image.cancer]));
  return { ...exam, cancer };
}

async function readIfThere(path: string): Promise<string | undefined> {
  // One that is there and cannot be read is not absent: labels would be.
  const bytes = await readFileIfThere(path, { maxBytes: 2 ** 28 }).catch((cause: unknown) => {
    throw new CohortError("unreadable-file", "Expected the cohort's tables to be regular files that can be read", { cause });
  });
  return bytes && new TextDecoder().decode(bytes);
}

async function findFile(root: string, name: string, line: number): Promise<string> {
  // Of a length that file systems know: a pattern that repeats overflows its stack on millions of parts.
  if (name.length > 4096 || !/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name))
    throw new CohortError("invalid-value", `${crosswalk} row ${line}: expected a filename inside the cohort's folder`);
  for (const path of [join(root, "images", name), join(root, name)]) {
    if (await isFile(path)) return path;
  }
  throw new CohortError("missing-file", `${crosswalk} row ${line}: expected the file of its filename in images/ or beside the table`);
}
