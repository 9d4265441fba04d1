import { relative } from "node:path";
import { openRegularFile, sha256 } from "@mammo/files/node";
import { DicomError, type MammoHeader, type ReadMammogramOptions, readMammogram, readMammoHeader, type StandardImage } from "@mammo/io";
import { readCohortImage, readMiasCohort } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { PipelineError } from "../pipelineError.ts";
import { dataSetOf } from "../reading/dataSetOf.ts";
import { filesOf } from "../reading/filesOf.ts";
import { fileReadings, optionsOf, type ReadingNeeds, type ReadingRules, type RuledReading, readingNeeds } from "../reading/readingRules.ts";
import { readDicomBytes } from "../score/namedFile.ts";

/** What a folder holds: DICOM files, or the films of mini-MIAS. */
export const sourceKinds = ["dicom", "mias"] as const;

/** One of `sourceKinds`. */
export type SourceKind = (typeof sourceKinds)[number];

/** One image, not yet read. */
export interface ImageSource {
  /** Its path within the folder that was named, in full where several paths were; may hold a patient's name. */
  readonly name: string;
  /** The header is that of the file; films have none. @throws DicomError */
  readonly read: (options: ReadMammogramOptions) => Promise<{ readonly header?: MammoHeader; readonly image: StandardImage }>;
  /** What would let it be read, where that is known. */
  readonly needs: () => Promise<ReadingNeeds | undefined>;
}

/**
 * The images of files, folders and DICOMDIRs (`filesOf`): of folders all DICOM files, by their ending (.dcm, .dicom) or by DICM at byte 128, as archives and discs have them without
 * an ending; or the films of one folder of mini-MIAS. Files that a DICOMDIR lacks are images that cannot be read.
 *
 * @throws PipelineError `missing-file` where a path cannot be read, `no-mammogram` where there is no DICOM file, `table` as `readViewTable`; RangeError for several folders of mini-MIAS.
 */
export async function listSources(paths: readonly string[], kind: SourceKind, rules: ReadingRules = {}): Promise<readonly ImageSource[]> {
  requireKnownKeys("listSources", rules, { anySopClass: true, mmPerPixel: true, profile: true, views: true });
  if (kind === "mias") {
    if (paths.length !== 1) throw new RangeError(`Expected one folder of mini-MIAS, got ${paths.length}`);
    const { images } = await readMiasCohort(paths[0]!);
    return images.map((image) => ({
      name: image.id,
      read: async (options) => ({ image: await readCohortImage(image, { ...options, sha256: image.sha256 }) }),
      needs: async () => undefined,
    }));
  }
  const files: { readonly path: string; readonly name: string }[] = [];
  const named = await filesOf(paths);
  for (const { path, root, isDirectory } of named.files)
    if (!isDirectory && (await isDicom(path))) files.push({ path, name: paths.length === 1 ? relative(root, path) : path });
  if (files.length === 0) throw new PipelineError("no-mammogram", "Expected at least one DICOM file: .dcm, .dicom, or with DICM at byte 128");
  const readingOf = fileReadings(
    rules,
    files.map(({ path }) => path),
  );
  const absent = named.absent.map((path) => ({
    name: path,
    async read() {
      throw new DicomError("unreadable", "Expected a DICOM file where a DICOMDIR has one");
    },
    needs: async () => undefined,
  }));
  const sources = files.map(
    ({ path, name }): ImageSource => ({
      name,
      async read(options) {
        const bytes = await readDicomBytes(path);
        const reading = await readingOf(path);
        if (reading.isPart) throw new DicomError("not-mammography", "Expected a view of the breast, got a crop or a mask of a film");
        return readMammogram(bytes, { ...options, ...optionsOf(reading), sha256: sha256(bytes) });
      },
      needs: async () => needsOf(path, await readingOf(path)),
    }),
  );
  return [...sources, ...absent];
}

/** What a file lacks that was not read, if its header says so. */
async function needsOf(path: string, reading: RuledReading): Promise<ReadingNeeds | undefined> {
  try {
    return await readingNeeds(path, readMammoHeader({ dataSet: await dataSetOf(path), transferSyntax: "" }, { anySopClass: true }), reading);
  } catch {
    return undefined;
  }
}

/** What cannot be opened is found when it is read, if its name says DICOM. */
async function isDicom(path: string): Promise<boolean> {
  if (/\.(dcm|dicom)$/i.test(path)) return true;
  const opened = await openRegularFile(path).catch(() => undefined);
  if (opened === undefined) return false;
  const head = Buffer.alloc(132);
  try {
    const { bytesRead } = await opened.handle.read(head, 0, 132, 0);
    return bytesRead === 132 && head.toString("latin1", 128) === "DICM";
  } finally {
    await opened.handle.close();
  }
}
