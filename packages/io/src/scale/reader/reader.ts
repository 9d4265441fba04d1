import { requireKnownKeys } from "@mammo/mammogram";
import type { PixelArray } from "../../dicom/codecs/codec.ts";
import { decodeFrame } from "../../dicom/frames/decodeFrame.ts";
import { limitsOf } from "../../dicom/limits.ts";
import { type ImagePixel, readImagePixel } from "../../dicom/parse/imagePixel.ts";
import { parseDicom } from "../../dicom/parse/parseDicom.ts";
import { type Mammogram, type ReadMammogramOptions, readMammogram, readMammogramOptionNames } from "../../exam/readMammogram.ts";

/** What can be sent to a thread: no codecs or mask models of your own. */
export type WorkerReadOptions = Omit<ReadMammogramOptions, "codecs" | "mask">;
/** What can be sent to a thread that decodes only. */
export type WorkerDecodeOptions = Pick<ReadMammogramOptions, "limits" | "frame">;

/** Refuses what a thread does not know, before it is sent there. @throws TypeError for the name of no option. */
export function requireWorkerOptions(kind: "read" | "readImage" | "readCohort" | "decode", options: WorkerReadOptions | WorkerDecodeOptions): void {
  const { codecs, mask, ...names } = readMammogramOptionNames;
  if (kind === "decode") requireKnownKeys<WorkerDecodeOptions>(kind, options, { limits: true, frame: true });
  else requireKnownKeys<WorkerReadOptions>(kind, options, names);
}

/** What a thread can send back: the parsed file stays there. */
export type ReadAnswer = Omit<Mammogram, "file">;

/** One frame, decoded and otherwise as it is stored. */
export interface DecodeAnswer {
  readonly pixel: ImagePixel;
  readonly storedValues: PixelArray;
}

/** Reads files in threads of their own; whatever a file does to its thread, this one goes on. A Blob is read by ranges. */
export interface MammogramReader {
  /**
   * As `readMammogram`.
   *
   * @throws DicomError `timeout` where a file takes longer than allowed, or more memory than its thread has.
   */
  read(file: Uint8Array | Blob, options?: WorkerReadOptions): Promise<ReadAnswer>;
  /**
   * One frame.
   *
   * @throws as `decodeFrame`, and DicomError `timeout`.
   */
  decode(file: Uint8Array | Blob, options?: WorkerDecodeOptions): Promise<DecodeAnswer>;
  /** Waits for what is being read, then ends the threads. */
  dispose(): Promise<void>;
}

/** What a thread does for `read`. */
export async function readOne(file: Uint8Array | Blob, options: ReadMammogramOptions): Promise<ReadAnswer> {
  const { header, image } = await readMammogram(file, options);
  return { header, image };
}

/** What a thread does for `decode`; the stored values have a buffer to themselves, so that they can be handed over. */
export async function decodeOne(file: Uint8Array | Blob, options: WorkerDecodeOptions & Pick<ReadMammogramOptions, "codecs">): Promise<DecodeAnswer> {
  const limits = limitsOf(options.limits);
  const parsed = await parseDicom(file, limits);
  const pixel = readImagePixel(parsed.dataSet, limits);
  const storedValues = await decodeFrame(parsed, pixel, { frame: options.frame ?? 0, ...(options.codecs ? { codecs: options.codecs } : {}) });
  return { pixel, storedValues: storedValues.byteLength === storedValues.buffer.byteLength ? storedValues : storedValues.slice() };
}
