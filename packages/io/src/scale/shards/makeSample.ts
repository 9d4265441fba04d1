import { FilesError } from "@mammo/files";
import { readRegularFile, sha256 } from "@mammo/files/node";
import type { CohortImage } from "../../cohort/cohort.ts";
import { CohortError } from "../../cohort/cohortError.ts";
import { standardizeCohortFile } from "../../cohort/readCohortImage.ts";
import type { StandardImage } from "../../image/standardize/standardize.ts";
import type { WorkerReadOptions } from "../reader/reader.ts";
import { encodePng16 } from "./png16.ts";

/** What a thread needs to make a sample. */
export interface SampleRequest {
  readonly image: CohortImage;
  readonly options: WorkerReadOptions;
}

/** What stands beside an image: the standard image without its pixels. Made of numbers, codes and hashes; nothing else of a header comes through. */
export type Sidecar = Omit<StandardImage, "pixels">;

/** What a shard stores of an image. */
export interface Sample {
  /** 16-bit gray; 65535 is 1. */
  readonly png: Uint8Array<ArrayBuffer>;
  readonly sidecar: Sidecar;
  readonly sourceBytes: number;
}

/**
 * One image of a cohort -> what a shard stores of it.
 *
 * @throws DicomError as `readMammogram`; CohortError `missing-file`, `unreadable-file` where the disk refuses it, or `changed-file` unless the bytes have the hash that the cohort states. None names the file.
 */
export async function makeSample({ image, options }: SampleRequest): Promise<Sample> {
  const bytes = await readRegularFile(image.path).catch((cause: unknown) => {
    if (!(cause instanceof FilesError)) throw cause;
    const code = (cause.cause as NodeJS.ErrnoException | undefined)?.code ?? cause.code;
    if (code === "ENOENT") throw new CohortError("missing-file", "Expected the file to be where the cohort says", { cause });
    throw new CohortError("unreadable-file", `Expected a file that can be read, but the disk answered ${code}`, { cause });
  });
  if (sha256(bytes) !== image.sha256) throw new CohortError("changed-file", "Expected the file to have the SHA-256 that the cohort states");
  const { pixels, ...sidecar } = await standardizeCohortFile(bytes, image, options);
  return { png: encodePng16(toUint16(pixels), sidecar.rows, sidecar.columns), sidecar, sourceBytes: bytes.length };
}

/** [0, 1] -> 0 to 65535, to the nearest. */
function toUint16(pixels: Float32Array): Uint16Array {
  const values = new Uint16Array(pixels.length);
  for (let at = 0; at < values.length; at++) values[at] = pixels[at]! * 65535 + 0.5;
  return values;
}
