// What npm run score writes, exam by exam: memory does not grow with the cohort.
import { join } from "node:path";
import { formatDelimited, jsonLine } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import { DicomError } from "@mammo/io";
import type { ReportOptions } from "@mammo/io/write";
import {
  type Bundle,
  bundleFileName,
  leftOutHtml,
  type ScoredExam,
  scoredExamHtml,
  scoreNotice,
  scorePageFoot,
  scorePageHead,
  unreadHtml,
} from "@mammo/pipeline";
import {
  algorithmOf,
  type DicomObject,
  dicomObjects,
  type ReadExam,
  type readVersions,
  type ScoredStudy,
  studiesOf,
  type WomenInTime,
} from "@mammo/pipeline/node";
import { dicomStore, type StoreCounts } from "../cli/dicomStore.ts";
import type { LeftOutFiles } from "../cli/leftOut.ts";
import { outputFolder } from "../cli/outputFolder.ts";
import { type OutputText, outputText } from "../cli/outputText.ts";

/** Where results go. */
export interface ScoreOutputOptions {
  readonly out: string | undefined;
  readonly html: string | undefined;
  readonly dicom: string | undefined;
  readonly store: string | undefined;
  readonly authorization: string | undefined;
  readonly map: string | undefined;
}

/** JSON, page, DICOM files and map, each there whole or not at all; and what was sent to an archive. */
export interface ScoreOutputs {
  /** Exams that were added. */
  exams(): number;
  add(scored: ScoredExam & { readonly exam: ReadExam }): Promise<void>;
  /** Gives them their names, the JSON last: one that is there speaks of what is there. */
  commit(end: {
    readonly left: LeftOutFiles;
    readonly reading: string | undefined;
    readonly versions: ReturnType<typeof readVersions>;
  }): Promise<void>;
  /** Drops what is not committed. */
  discard(): Promise<void>;
  /** Undefined where there is no archive. */
  stored(): StoreCounts | undefined;
  /** Studies whose files lack what DICOM results must repeat. */
  withoutDicom(): number;
}

export async function openOutputs(
  { out, html, map, ...options }: ScoreOutputOptions,
  bundle: Bundle,
  /** Which exam is the prior of which. */
  time: Pick<WomenInTime, "daysBetween">,
): Promise<ScoreOutputs> {
  const store = options.store === undefined ? undefined : await dicomStore(options.store, options.authorization);
  // Another exam's heatmap beside this report would pass for this woman's.
  const dicom = options.dicom === undefined ? undefined : await outputFolder(options.dicom, { program: "score", isOwn: isObject });
  let json: OutputText | undefined;
  let page: OutputText | undefined;
  const discard = async () => {
    await dicom?.discard();
    await json?.discard();
    await page?.discard();
  };
  try {
    json = await outputText(out);
    if (html !== undefined) page = await outputText(html);
  } catch (error) {
    await discard();
    throw error;
  }
  const rows: (readonly string[])[] = [["exam", "image", "view", "file", "sha256", "studyInstanceUid"]];
  let [number, withoutDicom] = [0, 0];
  let last: (ScoredExam & { readonly exam: ReadExam }) | undefined;
  return {
    exams: () => number,
    async add(scored) {
      if (number++ === 0) await page?.write(scorePageHead(bundle.trainedOn));
      await json.write(`${number === 1 ? '{"exams":[' : ","}\n${jsonLine(scored.report)}`);
      if (page) {
        const daysBefore = last && time.daysBetween(last.exam.sources[0]!.path, scored.exam.sources[0]!.path);
        const prior = daysBefore === undefined ? undefined : { scored: last!, number: number - 1, daysBefore };
        await page.write(scoredExamHtml(scored, number, prior));
        // A woman's exams come one after the other.
        last = scored;
      }
      if (dicom || store) {
        const studies = studiesOf(scored, scored.exam, bundle);
        for (const [at, study] of studies.entries()) {
          const objects = await objectsOf(study, algorithmOf(bundle));
          if (objects === undefined) withoutDicom++;
          const folder = join(`exam-${number}`, studies.length > 1 ? `study-${at + 1}` : "");
          for (const { name, bytes } of objects ?? []) await dicom?.write(join(folder, name), bytes);
          if (objects) await store?.send(objects.map(({ bytes }) => bytes));
        }
      }
      for (const [at, { path, sha256, header }] of scored.exam.sources.entries())
        rows.push([String(number), String(at + 1), scored.report.images[at]!.view, path, sha256, header.studyInstanceUid ?? ""]);
    },
    async commit({ left, reading, versions: scored }) {
      const { schema, scale, readFile, ...weights } = bundle;
      const bundleSha256 = sha256(await readFile(bundleFileName));
      const [unreadable, leftOut] = [left.unreadable(), left.counts()];
      const parts = {
        unreadable,
        leftOut,
        reading,
        store: store?.counts(),
        weights: { bundleSha256, ...weights },
        scored,
        notice: scoreNotice(bundle),
      };
      const lines = Object.entries(parts).flatMap(([name, part]) => (part === undefined ? [] : [`"${name}":${jsonLine(part)}`]));
      await json.write(`],\n${lines.join(",\n")}}\n`);
      await page?.write(unreadHtml(unreadable) + leftOutHtml(leftOut) + scorePageFoot({ bundle, bundleSha256, scored, reading }));
      await dicom?.commit();
      await page?.commit();
      if (map !== undefined) await writeFileAtomically(map, formatDelimited(rows, { separator: "\t" }));
      await json.commit();
    },
    discard,
    stored: () => store?.counts(),
    withoutDicom: () => withoutDicom,
  };
}

/** Undefined where the files do not say what objects of their study must repeat. */
async function objectsOf({ scored, files }: ScoredStudy, algorithm: ReportOptions["algorithm"]): Promise<readonly DicomObject[] | undefined> {
  const objects: DicomObject[] = [];
  try {
    for await (const object of dicomObjects(scored, files, { at: localTime(new Date()), algorithm })) objects.push(object);
    return objects;
  } catch (error) {
    if (error instanceof DicomError) return undefined;
    throw error;
  }
}

/** The files of --dicom. */
function isObject(path: string): boolean {
  return /^exam-\d+\/(study-\d+\/)?(report|summary|(boxes|heatmap)-[LR]-[A-Z]+(-\d+)?)\.dcm$/.test(path);
}

/** The clock on the wall, as a report's date and time: 2026-03-01T12:30:00. */
function localTime(now: Date): string {
  return new Date(now.getTime() - 60_000 * now.getTimezoneOffset()).toISOString().slice(0, 19);
}
