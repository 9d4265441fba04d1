import { requireKnownKeys } from "@mammo/mammogram";
import type { Codec, PixelArray } from "../codecs/codec.ts";
import { DicomError } from "../dicomError.ts";
import { type Limits, limitsOf } from "../limits.ts";
import { readImagePixel } from "../parse/imagePixel.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { decodeFrame } from "./decodeFrame.ts";

/**
 * The frames of a multi-frame file (tomosynthesis) one after the other: each is decoded when it is asked for, and none is kept.
 *
 * @throws DicomError as `decodeFrame`.
 * @example for await (const storedValues of readFrames(await parseDicom(bytes))) show(storedValues);
 */
export async function* readFrames(
  file: DicomFile,
  options: { readonly limits?: Partial<Limits>; readonly codecs?: readonly Codec[] } = {},
): AsyncGenerator<PixelArray, void> {
  requireKnownKeys("readFrames", options, { limits: true, codecs: true });
  if (file?.dataSet === undefined) throw new DicomError("not-a-file", "Expected a parsed file: await parseDicom(bytes) first");
  const pixel = readImagePixel(file.dataSet, limitsOf(options.limits));
  const { codecs } = options;
  for (let frame = 0; frame < pixel.frames; frame++) yield await decodeFrame(file, pixel, { frame, ...(codecs ? { codecs } : {}) });
}
