// A bundle on every exam of a cohort, labels or none: part by part, so that a killed run goes on and memory does not grow.

import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { logit, marksSamePlace } from "@mammo/ensemble";
import { formatDelimited, jsonLine } from "@mammo/files";
import { atomicFile, readJson, writeFileAtomically } from "@mammo/files/node";
import { DicomError, type ReadMammogramOptions } from "@mammo/io";
import {
  type Cohort,
  CohortError,
  type CohortExam,
  type CohortImage,
  type CohortMammogram,
  inOrder,
  type MammogramFileReader,
  readCohortMammogram,
} from "@mammo/io/node";
import type { Box, Laterality } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Bundle } from "../bundle/bundle.ts";
import { deviceName } from "../deviceName.ts";
import { groupBy } from "../groupBy.ts";
import { PipelineError } from "../pipelineError.ts";
import type { Progress } from "../progress.ts";
import type { MemberRunnerOptions } from "../score/examineExams.ts";
import { type RunnerKind, tfjsKind } from "../score/fastestRunner.ts";
import { scoreCohort } from "../score/scoreCohort.ts";
import type { ExamImages, ScoredExam } from "../score/scoreExam.ts";

/** Where predictions go, and how. */
export interface PredictCohortOptions extends MemberRunnerOptions {
  /** Of the tables; to be opened with `openRunFolder`. */
  readonly folder: string;
  /** Go on without images that cannot be read; not-read.tsv lists them. Default false: the first one ends the run. */
  readonly skipUnreadable?: boolean;
  /** For files that the cohort says too little of: other SOP classes, the size of a pixel. */
  readonly reading?: Pick<ReadMammogramOptions, "anySopClass" | "sourceMmPerPixel">;
  /** Decodes and standardizes the next exams' images while the net computes; the caller disposes it. Default: this thread reads each exam when it is its turn. */
  readonly reader?: Pick<MammogramFileReader, "readCohort"> | undefined;
}

/** What was predicted. */
export interface CohortPredictions {
  readonly exams: number;
  readonly images: number;
  readonly findings: number;
  /** Images that could not be read. */
  readonly notRead: number;
  /** How many of them by each code of @mammo/io. */
  readonly whyNotRead: Readonly<Record<string, number>>;
}

/** Exams of one part: what a killed run does again. */
const examsPerPart = 16;
/** Images that a reader has read, or reads, ahead of those that the net has: two exams of four. */
const imagesAhead = 8;

/** The tables by their files, each with its head. */
const heads = {
  "predictions_images.tsv": ["subjectId", "examIndex", "laterality", "imageIndex", "view", "imageId", "confidence", "logit"],
  "predictions.tsv": ["subjectId", "examIndex", "laterality", "confidence", "score"],
  "predictions_exams.tsv": ["subjectId", "examIndex", "confidence", "score"],
  "exams.tsv": ["subjectId", "examIndex", "cancer", "daysSincePreviousExam", "device", "density", "age"],
  "findings.tsv": [
    ...["subjectId", "examIndex", "laterality", "imageIndex", "view", "imageId", "kind", "confidence", "score"],
    ...["top", "left", "bottom", "right", "mmHigh", "mmWide", "mmFromChestWall", "mmFromNipple"],
    ...["viewBelow", "peakBelow", "agreement", "lesion", "pairProbability", "region", "third", "cancer"],
  ],
  "labels.tsv": ["subjectId", "examIndex", "laterality", "cancer"],
  "not-read.tsv": ["subjectId", "examIndex", "laterality", "imageIndex", "view", "imageId", "why"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type TableName = keyof typeof heads;
const tableNames = Object.keys(heads) as TableName[];

/** Rows of some exams, by table. */
type Part = Readonly<Record<TableName, (readonly (string | number)[])[]>>;

/** An image of the cohort: which one of all, and of its breast, both counted from 1. */
interface NumberedImage {
  readonly image: CohortImage;
  readonly inCohort: number;
  readonly inBreast: number;
}

interface NumberedExam {
  readonly exam: CohortExam;
  readonly numbered: readonly NumberedImage[];
}

/**
 * Scores a cohort into predictions_images.tsv, predictions.tsv (breasts), predictions_exams.tsv and findings.tsv, all with the calibrated probability as `confidence`; boxes are pixels of
 * the file; mmFromNipple, region and third are empty where the image's landmarks are not trusted; lesion counts the exam's lesions, two findings of one number are a pair; cancer is 1 on a marked malignant lesion, 0 where
 * there is none, empty where the cohort does not tell. labels.tsv holds the breasts whose label the cohort knows, for `npm run evaluate`, and
 * exams.tsv what is known of each exam, for `npm run programme`. Ended at any moment and called again, it goes on to the same bytes, on the runner with which it began. Yields after each
 * exam. Ours.
 *
 * @throws PipelineError `other-options` where the runner with which it began is none of the runners, @mammo/io's code for an image that cannot be read, by its number in the cohort, `no-mammogram` where none can be; what `scoreExam` throws.
 * @example for await (const { done, total } of predictCohort(cohort, bundle, { folder })) console.log(`${done} of ${total} exams`);
 */
export async function* predictCohort(cohort: Cohort, bundle: Bundle, options: PredictCohortOptions): AsyncGenerator<Progress, CohortPredictions> {
  requireKnownKeys("predictCohort", options, { folder: true, skipUnreadable: true, reading: true, reader: true, runners: true, onTrial: true });
  const { folder, skipUnreadable = false, reading = {}, reader, runners = [tfjsKind], onTrial = () => {} } = options;
  const exams = numberImages(cohort);
  await mkdir(folder, { recursive: true });
  const finished = await countTables(folder);
  if (finished) return finished;
  const parts = Array.from({ length: Math.ceil(exams.length / examsPerPart) }, (_, index) => join(folder, "parts", `${index + 1}.json`));
  await mkdir(join(folder, "parts"), { recursive: true });
  // Logits of another runner differ in their last digits: a run that goes on would mix them.
  const runnerPath = join(folder, "parts", "runner.json");
  let usable = runnersOf(await readJson(runnerPath), runners);
  for (const [index, path] of parts.entries()) {
    const before = index * examsPerPart;
    const own = exams.slice(before, before + examsPerPart);
    if (isPart(await readJson(path))) {
      yield { phase: "predict", done: before + own.length, total: exams.length, note: "kept from before" };
      continue;
    }
    const part = Object.fromEntries(tableNames.map((name) => [name, []])) as unknown as Part;
    let done = before;
    const running: MemberRunnerOptions = {
      runners: usable,
      onTrial: (trial) => {
        usable = [trial.chosen];
        onTrial(trial);
      },
    };
    for await (const { exam, ...scored } of scoreCohort(readExams(own, part, { skipUnreadable, reading, reader }), bundle, running)) {
      addExam(part, exam, scored);
      yield { phase: "predict", done: ++done, total: exams.length };
    }
    if (usable.length === 1) await writeFileAtomically(runnerPath, jsonLine({ runner: usable[0]!.name }));
    await writeFileAtomically(path, jsonLine(part));
  }
  await writeTables(folder, parts);
  await rm(join(folder, "parts"), { recursive: true });
  const counts = (await countTables(folder))!;
  if (counts.exams === 0) throw new PipelineError("no-mammogram", "Expected at least one image that can be read, got none");
  return counts;
}

/** Rows of the tables of a run that was finished; undefined while there are parts, or not all tables. */
async function countTables(folder: string): Promise<CohortPredictions | undefined> {
  const names = new Set(await readdir(folder));
  if (names.has("parts") || !tableNames.every((name) => names.has(name))) return undefined;
  // A table's cells hold no line feed: each line is a row.
  const rowsOf = async (name: TableName): Promise<number> => {
    let lines = 0;
    for await (const piece of createReadStream(join(folder, name))) for (const byte of piece as Buffer) if (byte === 10) lines++;
    return lines - 1;
  };
  return {
    exams: await rowsOf("predictions_exams.tsv"),
    images: await rowsOf("predictions_images.tsv"),
    findings: await rowsOf("findings.tsv"),
    notRead: await rowsOf("not-read.tsv"),
    whyNotRead: await lastCells(join(folder, "not-read.tsv")),
  };
}

/** How often each text stands in the last column of a table. */
async function lastCells(path: string): Promise<Readonly<Record<string, number>>> {
  const counts = new Map<string, number>();
  let isHead = true;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const cell = line.slice(line.lastIndexOf("\t") + 1);
    if (!isHead) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    isHead = false;
  }
  return Object.fromEntries(counts);
}

function numberImages({ exams, images }: Cohort): NumberedExam[] {
  const byExam = groupBy([...images.entries()], ([, { exam }]) => exam);
  return exams.flatMap((exam) => {
    const counts: Record<Laterality, number> = { L: 0, R: 0 };
    const numbered = (byExam.get(exam.id) ?? []).map(([index, image]) => ({ image, inCohort: index + 1, inBreast: ++counts[image.laterality] }));
    return numbered.length > 0 ? [{ exam, numbered }] : [];
  });
}

/** The runner with which a run began; all of them before its first part. */
function runnersOf(kept: unknown, runners: readonly RunnerKind[]): readonly RunnerKind[] {
  const name = (kept as { readonly runner?: unknown } | undefined)?.runner;
  if (name === undefined) return runners;
  const own = runners.filter((kind) => kind.name === name);
  if (own.length === 0)
    throw new PipelineError(
      "other-options",
      `Expected the runner ${name} with which the run began, got ${runners.map((kind) => kind.name).join(", ")}`,
    );
  return own;
}

/** Exams image by image; what cannot be read goes into the part, and an exam without any image is left out. */
async function* readExams(
  exams: readonly NumberedExam[],
  part: Part,
  { skipUnreadable, reading, reader }: Pick<PredictCohortOptions, "skipUnreadable" | "reader"> & Required<Pick<PredictCohortOptions, "reading">>,
): AsyncGenerator<NumberedExam & ExamImages> {
  const images = exams.flatMap(({ exam, numbered }) => numbered.map((one) => ({ exam, one })));
  const readOne = ({ one: { image } }: (typeof images)[number]): Promise<CohortMammogram> => {
    const options = withoutStated(image, reading);
    return reader ? reader.readCohort(image, options) : readCohortMammogram(image, options);
  };
  const results = inOrder(images, readOne, reader ? 1 + imagesAhead : 1);
  for (const { exam, numbered } of exams) {
    const read: { readonly one: NumberedImage; readonly image: CohortMammogram["image"] }[] = [];
    let device = "";
    for (const one of numbered) {
      const result = (await results.next()).value!;
      if (result.status === "fulfilled") {
        const { image, header } = result.value;
        read.push({ one, image });
        device ||= header === undefined ? "" : deviceName(header);
        continue;
      }
      const error: unknown = result.reason;
      if (!(error instanceof DicomError || error instanceof CohortError)) throw error;
      if (!skipUnreadable) throw new PipelineError(error.code, `Image ${one.inCohort} of the cohort: ${error.message}`, { cause: error });
      part["not-read.tsv"].push([...imageKey(exam, one), error.code]);
    }
    if (read.length === 0) continue;
    const { examIndex, daysSincePreviousExam = "", metadata } = exam;
    part["exams.tsv"].push([
      exam.patientId,
      examIndex,
      cancerOf(exam, numbered),
      daysSincePreviousExam,
      device,
      metadata["density"] ?? "",
      metadata["age"] ?? "",
    ]);
    yield { exam, numbered: read.map(({ one }) => one), images: read.map(({ image }) => image), study: exam.id };
  }
}

/** What the cohort says of an image comes first. */
const withoutStated = ({ mmPerPixel }: CohortImage, { sourceMmPerPixel, ...reading }: NonNullable<PredictCohortOptions["reading"]>) =>
  mmPerPixel || !sourceMmPerPixel ? reading : { ...reading, sourceMmPerPixel };

/** 1 where either breast has a cancer, 0 where all that were imaged are known to have none, else nothing. */
function cancerOf({ cancer }: CohortExam, imaged: readonly NumberedImage[]): 0 | 1 | "" {
  if (cancer.L === 1 || cancer.R === 1) return 1;
  return imaged.every(({ image: { laterality } }) => cancer[laterality] === 0) ? 0 : "";
}

const examKey = ({ patientId, examIndex }: CohortExam) => [patientId, examIndex] as const;

const imageKey = (exam: CohortExam, { image, inBreast }: NumberedImage) =>
  [...examKey(exam), image.laterality, inBreast, image.view, image.id] as const;

function addExam(part: Part, { exam, numbered }: NumberedExam, { report, views }: Pick<ScoredExam, "report" | "views">): void {
  const lesions = new Map(report.breasts.flatMap((breast) => breast.lesions.map((lesion) => [lesion.number, lesion] as const)));
  for (const [at, one] of numbered.entries()) {
    const { probability } = views[at]!;
    part["predictions_images.tsv"].push([...imageKey(exam, one), probability, logit(probability)]);
    for (const { kind = "", probability, score, sourceBox: box, mm, below, agreement = "", lesion } of report.images[at]!.findings) {
      const { pairProbability = "", place } = lesions.get(lesion)!;
      part["findings.tsv"].push([
        ...imageKey(exam, one),
        ...[kind, probability, score],
        ...[box.top, box.left, box.bottom, box.right, mm.height, mm.width, mm.fromChestWall, mm.fromNipple ?? ""],
        ...[below?.view ?? "", below?.peak ?? "", agreement, lesion, pairProbability, place?.region ?? "", place?.third ?? ""],
        liesOnCancer(box, one.image),
      ]);
    }
  }
  for (const { laterality, probability, score } of report.breasts) {
    part["predictions.tsv"].push([...examKey(exam), laterality, probability, score]);
    const cancer = exam.cancer[laterality];
    if (cancer !== undefined) part["labels.tsv"].push([...examKey(exam), laterality, cancer]);
  }
  part["predictions_exams.tsv"].push([...examKey(exam), report.probability, report.score]);
}

/** 1 on a marked malignant lesion, 0 where the breast has no cancer or the image's marked ones lie elsewhere, else nothing. */
function liesOnCancer(box: Box, { cancer, lesions }: CohortImage): 0 | 1 | "" {
  const malignant = (lesions ?? []).filter((lesion) => lesion.malignant);
  if (malignant.some((lesion) => marksSamePlace(box, lesion.box))) return 1;
  return cancer === 0 || malignant.length > 0 ? 0 : "";
}

function isPart(kept: unknown): kept is Part {
  return typeof kept === "object" && kept !== null && tableNames.every((name) => Array.isArray((kept as Partial<Part>)[name]));
}

/** Part after part into the tables, each there whole or not at all. */
async function writeTables(folder: string, parts: readonly string[]): Promise<void> {
  const encoder = new TextEncoder();
  for (const name of tableNames) {
    const file = await atomicFile(join(folder, name));
    try {
      await file.write(encoder.encode(formatDelimited([heads[name]], { separator: "\t" })));
      for (const path of parts) {
        const part = await readJson(path);
        if (!isPart(part)) throw new PipelineError("unreadable", "Expected the parts of the predictions to be as they were written, got another");
        if (part[name].length > 0) await file.write(encoder.encode(formatDelimited(part[name], { separator: "\t" })));
      }
      await file.commit();
    } finally {
      await file.discard();
    }
  }
}
