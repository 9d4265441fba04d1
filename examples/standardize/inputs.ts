import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type MammoHeader, type ReadMammogramOptions, readMammogram, type StandardImage } from "@mammo/io";
import { readCohortImage, readMiasCohort } from "@mammo/io/node";
import { UsageError } from "../shared/program.ts";
import { readBytes } from "../shared/readBytes.ts";

export const sources = ["dicom", "mias"] as const;
export type Source = (typeof sources)[number];

/** One picture of a folder, not yet read. */
export interface Input {
  /** Its path within the folder; may hold a patient's name. */
  readonly name: string;
  /** Throws DicomError. The header is that of the file; films have none. */
  read(options: ReadMammogramOptions): Promise<{ readonly header?: MammoHeader; readonly image: StandardImage }>;
}

/** The pictures of a folder: all its DICOM files, or the films of mini-MIAS. */
export async function findInputs(folder: string, source: Source): Promise<readonly Input[]> {
  if (source === "mias") {
    const { images } = await readMiasCohort(folder);
    return images.map((image) => ({
      name: image.id,
      read: async (options) => ({ image: await readCohortImage(image, { ...options, sha256: image.sha256 }) }),
    }));
  }
  const found = await readdir(folder, { recursive: true }).catch(() => {
    throw new UsageError("Expected a folder that can be read");
  });
  const files = found.filter((name) => /\.(dcm|dicom)$/i.test(name)).sort();
  if (files.length === 0) throw new UsageError("Expected at least one .dcm file in the folder");
  return files.map((name) => ({
    name,
    async read(options) {
      const bytes = await readBytes(join(folder, name));
      return readMammogram(bytes, { ...options, sha256: createHash("sha256").update(bytes).digest("hex") });
    },
  }));
}
