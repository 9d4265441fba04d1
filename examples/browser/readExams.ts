import { DicomError, type MammogramReader, type MammoHeader, type StandardImage, selectViews } from "@mammo/io";
import { type ExamImages, type LeftOutReason, leftOutReasons } from "@mammo/pipeline";
import { sha256 } from "./sha256.ts";

/** A file that could not be read, named by its content as reports name it. */
export interface NotRead {
  readonly file: string;
  readonly code: string;
  readonly reason: string;
}

/** Files in no score although nothing is wrong with them, for one reason. */
export interface LeftOut {
  readonly why: LeftOutReason;
  readonly reason: string;
  readonly files: number;
}

/** What files hold: exams as `scoreExam` takes them, mammograms that could not be read, and what else there is, counted by why. */
export interface ReadFiles {
  readonly exams: readonly ExamImages[];
  readonly notRead: readonly NotRead[];
  readonly leftOut: readonly LeftOut[];
}

interface ReadImage {
  readonly header: MammoHeader;
  readonly image: StandardImage;
  readonly order: number;
}

/** Files of one or more exams, each read in the reader's worker; `onFile` hears of each that is done. An exam is what its files' study says; views are chosen as `npm run score` does. */
export async function readExams(files: readonly File[], reader: MammogramReader, onFile: (done: number) => void): Promise<ReadFiles> {
  const studies = new Map<string, ReadImage[]>();
  const notRead: NotRead[] = [];
  const seen = new Set<string>();
  const reasons: LeftOutReason[] = [];
  for (const [order, file] of files.entries()) {
    const hash = await sha256(new Uint8Array(await file.arrayBuffer()));
    try {
      const { header, image } = await reader.read(file);
      const { sopInstanceUid = hash, studyInstanceUid = "" } = header;
      const of = studies.get(studyInstanceUid) ?? [];
      studies.set(studyInstanceUid, of);
      if (seen.has(sopInstanceUid)) reasons.push("duplicate");
      else of.push({ header, image: { ...image, source: { ...image.source, sha256: hash } }, order });
      seen.add(sopInstanceUid);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      // Notes, reports and pictures of other kinds lie beside mammograms.
      if (error.code === "not-mammography") reasons.push("not-mammography");
      else if (error.code === "not-dicom" || error.code === "not-a-file") reasons.push("not-dicom");
      else notRead.push({ file: hash, code: error.code, reason: error.message });
    }
    onFile(order + 1);
  }
  const exams = [...studies.values()].map((images, index): ExamImages => {
    const { kept, leftOut, missing } = selectViews(images);
    for (const { rule } of leftOut) reasons.push(rule);
    return {
      study: `exam ${index + 1}`,
      images: kept.map(({ image }) => image),
      leftOut: leftOut.map(({ image, rule }) => ({ image: image.image.source.sha256!, rule })),
      missing,
    };
  });
  return { exams, notRead, leftOut: countReasons(reasons) };
}

function countReasons(reasons: readonly LeftOutReason[]): readonly LeftOut[] {
  return [...new Set(reasons)].map((why) => ({ why, reason: leftOutReasons[why], files: reasons.filter((one) => one === why).length }));
}
