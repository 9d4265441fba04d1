import type { Codec, PixelArray } from "../codecs/codec.ts";
import { codecs as shipped } from "../codecs/codecs.ts";
import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { offsetOf } from "../parse/offsetOf.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { tags } from "../tags.ts";
import { frameBytes } from "./frameBytes.ts";

/**
 * One frame of a file -> its stored values, with the first codec that lists the file's transfer syntax.
 *
 * @throws DicomError `unsupported-transfer-syntax`, `no-pixels`, `pixels-mismatch`, `corrupt-pixels`.
 * @example const storedValues = await decodeFrame(file, readImagePixel(file.dataSet, limitsDefaults));
 */
export async function decodeFrame(
  file: DicomFile,
  pixel: ImagePixel,
  options: { readonly frame?: number; readonly codecs?: readonly Codec[] } = {},
): Promise<PixelArray> {
  const offset = offsetOf(file.dataSet, tags.PixelData);
  const codec = (options.codecs ?? shipped).find((one) => one.transferSyntaxes.includes(file.transferSyntax));
  if (codec === undefined)
    throw new DicomError("unsupported-transfer-syntax", "Expected a transfer syntax that one of the codecs decodes", { offset });
  const encoded = await frameBytes(file, pixel, options.frame);
  try {
    return await codec.decode(encoded, pixel, file.transferSyntax);
  } catch (cause) {
    if (!(cause instanceof DicomError))
      throw new DicomError("corrupt-pixels", `The ${codec.name} codec could not decode the frame`, { cause, offset });
    if (cause.offset !== undefined) throw cause;
    throw new DicomError(cause.code, cause.message, { cause: cause.cause, offset });
  }
}
