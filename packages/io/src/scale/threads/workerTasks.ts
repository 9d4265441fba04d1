// What threads do: the exports are run by name (threadPool.ts), answers are plain data.
import { FilesError } from "@mammo/files";
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { CohortImage } from "../../cohort/cohort.ts";
import { type CohortMammogram, readCohortMammogram } from "../../cohort/readCohortImage.ts";
import { DicomError } from "../../dicom/dicomError.ts";
import type { ExamImage } from "../../exam/groupExams.ts";
import { readExamImage } from "../../exam/readExamImage.ts";
import { type DecodeAnswer, decodeOne, type ReadAnswer, readOne, type WorkerDecodeOptions, type WorkerReadOptions } from "../reader/reader.ts";
import { makeSample, type Sample, type SampleRequest } from "../shards/makeSample.ts";
import { type PlainError, toPlain } from "./plainError.ts";

/** A value, or why there is none. */
export type Answer<Value> = { readonly value: Value } | { readonly error: PlainError };

/** A file and how it is read. */
export interface Request<Options> {
  readonly file: Uint8Array | Blob;
  readonly options: Options;
}

/** As `readMammogram`, without the parsed file. */
export const read = ({ file, options }: Request<WorkerReadOptions>): Promise<Answer<ReadAnswer>> =>
  answer(
    () => readOne(file, options),
    ({ image }) => image.pixels.buffer,
  );

/** A file of the disk, and how it is read. */
export interface ImageRequest {
  readonly image: Pick<ExamImage, "path" | "sha256">;
  readonly options: WorkerReadOptions;
}

/** As `readExamImage`, without the parsed file. */
export const readImage = ({ image, options }: ImageRequest): Promise<Answer<ReadAnswer>> =>
  answer(
    async () => {
      try {
        const { header, image: standard } = await readExamImage(image, options);
        return { header, image: standard };
      } catch (cause) {
        // The disk's own error holds the path.
        throw cause instanceof FilesError ? new DicomError("unreadable", cause.message) : cause;
      }
    },
    ({ image }) => image.pixels.buffer,
  );

/** An image of a cohort, and how it is read. */
export interface CohortImageRequest {
  readonly image: CohortImage;
  readonly options: WorkerReadOptions;
}

/** As `readCohortMammogram`. */
export const readCohort = ({ image, options }: CohortImageRequest): Promise<Answer<CohortMammogram>> =>
  answer(
    () => readCohortMammogram(image, options),
    ({ image: { pixels } }) => pixels.buffer,
  );

/** One frame, as it is stored. */
export const decode = ({ file, options }: Request<WorkerDecodeOptions>): Promise<Answer<DecodeAnswer>> =>
  answer(
    () => decodeOne(file, options),
    ({ storedValues }) => storedValues.buffer,
  );

/** What a shard stores of an image. */
export const sample = (request: SampleRequest): Promise<Answer<Sample>> =>
  answer(
    () => makeSample(request),
    ({ png }) => png.buffer,
  );

/** The value and its largest buffer, which is handed over instead of copied. */
async function answer<Value>(task: () => Promise<Value>, buffer: (value: Value) => ArrayBufferLike): Promise<Answer<Value>> {
  try {
    const value = await task();
    return move({ [valueSymbol]: { value }, [transferableSymbol]: buffer(value) } as never) as never;
  } catch (error) {
    return { error: toPlain(error) };
  }
}
