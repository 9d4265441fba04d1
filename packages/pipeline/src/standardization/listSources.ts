import { join, relative } from "node:path";
import { sha256, walkFolder } from "@mammo/files/node";
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
 * The images of a folder: all its DICOM files, by name and at all depths, links not followed, or the films of mini-MIAS.
 *
 * @throws PipelineError `missing-file` where the folder cannot be read, `no-mammogram` where it has no .dcm file.
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
  const files = found.filter((name) => /\.(dcm|dicom)$/i.test(name)).sort();
  if (files.length === 0) throw new PipelineError("no-mammogram", "Expected at least one .dcm file in the folder");
  return files.map((name) => ({
    name,
    async read(options) {
      const bytes = await readDicomBytes(join(folder, name));
      return readMammogram(bytes, { ...options, sha256: sha256(bytes) });
    },
  }));
}
