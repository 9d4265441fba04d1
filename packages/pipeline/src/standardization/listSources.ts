import { join, relative } from "node:path";
import { openRegularFile, sha256, walkFolder } from "@mammo/files/node";
import { type MammoHeader, type ReadMammogramOptions, readMammogram, type StandardImage } from "@mammo/io";
import { readCohortImage, readMiasCohort } from "@mammo/io/node";
import { PipelineError } from "../pipelineError.ts";
import { readDicomBytes } from "../score/namedFile.ts";

/** What a folder holds: DICOM files, or the films of mini-MIAS. */
export const sourceKinds = ["dicom", "mias"] as const;

/** One of `sourceKinds`. */
export type SourceKind = (typeof sourceKinds)[number];

/** One image of a folder, not yet read. */
export interface ImageSource {
  /** Its path within the folder; may hold a patient's name. */
  readonly name: string;
  /** The header is that of the file; films have none. @throws DicomError */
  readonly read: (options: ReadMammogramOptions) => Promise<{ readonly header?: MammoHeader; readonly image: StandardImage }>;
}

/**
 * The images of a folder: all its DICOM files, at all depths and links not followed, by their ending (.dcm, .dicom) or by DICM at byte 128, as archives and discs have them without
 * an ending; or the films of mini-MIAS.
 *
 * @throws PipelineError `missing-file` where the folder cannot be read, `no-mammogram` where it has no DICOM file.
 */
export async function listSources(folder: string, kind: SourceKind): Promise<readonly ImageSource[]> {
  if (kind === "mias") {
    const { images } = await readMiasCohort(folder);
    return images.map((image) => ({
      name: image.id,
      read: async (options) => ({ image: await readCohortImage(image, { ...options, sha256: image.sha256 }) }),
    }));
  }
  const found: string[] = [];
  try {
    for await (const path of walkFolder(folder)) found.push(relative(folder, path));
  } catch (cause) {
    throw new PipelineError("missing-file", "Expected a folder that can be read", { cause });
  }
  const files: string[] = [];
  for (const name of found.sort()) if (await isDicom(folder, name)) files.push(name);
  if (files.length === 0)
    throw new PipelineError("no-mammogram", "Expected at least one DICOM file in the folder: .dcm, .dicom, or with DICM at byte 128");
  return files.map((name) => ({
    name,
    async read(options) {
      const bytes = await readDicomBytes(join(folder, name));
      return readMammogram(bytes, { ...options, sha256: sha256(bytes) });
    },
  }));
}

/** A DICOMDIR is none: it has no image. What cannot be opened is found when it is read, if its name says DICOM. */
async function isDicom(folder: string, name: string): Promise<boolean> {
  if (/\.(dcm|dicom)$/i.test(name)) return true;
  if (/(^|[\\/])DICOMDIR$/i.test(name)) return false;
  const opened = await openRegularFile(join(folder, name)).catch(() => undefined);
  if (opened === undefined) return false;
  const head = Buffer.alloc(132);
  try {
    const { bytesRead } = await opened.handle.read(head, 0, 132, 0);
    return bytesRead === 132 && head.toString("latin1", 128) === "DICM";
  } finally {
    await opened.handle.close();
  }
}
