import { DicomError, type MammogramReader, type MammoHeader, type StandardImage, selectViews } from "@mammo/io";
import type { ExamImages } from "@mammo/pipeline";
import { sha256 } from "./sha256.ts";

/** A file that could not be read, named by its content as reports name it. */
export interface NotRead {
  readonly file: string;
  readonly code: string;
  readonly reason: string;
}

/** What files hold: exams as `scoreExam` takes them, mammograms that could not be read, and how many files are something else. */
export interface ReadFiles {
  readonly exams: readonly ExamImages[];
  readonly notRead: readonly NotRead[];
  readonly others: number;
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
  let others = 0;
  for (const [order, file] of files.entries()) {
    const hash = await sha256(new Uint8Array(await file.arrayBuffer()));
    try {
      const { header, image } = await reader.read(file);
      const { sopInstanceUid = hash, studyInstanceUid = "" } = header;
      const of = studies.get(studyInstanceUid) ?? [];
      studies.set(studyInstanceUid, of);
      if (!seen.has(sopInstanceUid)) of.push({ header, image: { ...image, source: { ...image.source, sha256: hash } }, order });
      seen.add(sopInstanceUid);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      // Notes, reports and pictures of other kinds lie beside mammograms.
      if (error.code === "not-dicom" || error.code === "not-mammography" || error.code === "not-a-file") others++;
      else notRead.push({ file: hash, code: error.code, reason: error.message });
    }
    onFile(order + 1);
  }
  const exams = [...studies.values()].map((images, index): ExamImages => {
    const { kept, leftOut, missing } = selectViews(images);
    return {
      study: `exam ${index + 1}`,
      images: kept.map(({ image }) => image),
      leftOut: leftOut.map(({ image, rule }) => ({ image: image.image.source.sha256!, rule })),
      missing,
    };
  });
  return { exams, notRead, others };
}
