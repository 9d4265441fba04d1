import { requireKnownKeys } from "@mammo/mammogram";
import type { Codec, PixelArray } from "../codecs/codec.ts";
import { codecs as shipped } from "../codecs/codecs.ts";
import { type Codestream, identifyCodestream, isCodestream } from "../codecs/codestream.ts";
import { native } from "../codecs/native.ts";
import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { offsetOf } from "../parse/offsetOf.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { tags } from "../tags.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { frameBytes } from "./frameBytes.ts";
import { pixelAsCoded } from "./pixelAsCoded.ts";

/** How a frame is decoded. */
export interface DecodeOptions {
  readonly frame?: number;
  readonly codecs?: readonly Codec[];
}

/** A decoded frame, and what its values are by the codestream. */
export interface DecodedFrame {
  readonly storedValues: PixelArray;
  /** The Image Pixel module with precision and sign of the codestream where those contradict it (PS3.5 8.2). */
  readonly pixel: ImagePixel;
  /** The codestream is of another kind, precision or sign than the file says. */
  readonly isMismatch: boolean;
}

/**
 * One frame of a file -> its stored values, with the first codec that lists the file's transfer syntax, or that of the codestream where the file is wrong.
 *
 * @throws DicomError `unsupported-transfer-syntax`, `no-pixels`, `pixels-mismatch`, `corrupt-pixels`.
 * @example const storedValues = await decodeFrame(file, readImagePixel(file.dataSet, limitsDefaults));
 */
export async function decodeFrame(file: DicomFile, pixel: ImagePixel, options: DecodeOptions = {}): Promise<PixelArray> {
  requireKnownKeys("decodeFrame", options, { frame: true, codecs: true });
  return (await decodeFrameAsCoded(file, pixel, options)).storedValues;
}

/**
 * One frame with what its codestream says of it: the codestream goes before the header, which is more often wrong.
 *
 * @throws DicomError as `decodeFrame`.
 */
export async function decodeFrameAsCoded(file: DicomFile, pixel: ImagePixel, options: DecodeOptions = {}): Promise<DecodedFrame> {
  const offset = offsetOf(file.dataSet, tags.PixelData);
  const codecs = options.codecs ?? shipped;
  const named = codecs.find((one) => one.transferSyntaxes.includes(file.transferSyntax));
  const unsupported = (expected: string): never => {
    throw new DicomError("unsupported-transfer-syntax", expected, { offset });
  };
  const { isRaw, encoded, codestream } = await readEncoded(file, pixel, { frame: options.frame ?? 0, named });
  const isOther = isRaw || (codestream !== undefined && !codestream.transferSyntaxes.includes(file.transferSyntax));
  const wanted = isRaw ? [TransferSyntax.explicitLittleEndian] : (codestream?.transferSyntaxes ?? []);
  const codec = isOther ? codecs.find((one) => one.transferSyntaxes.some((syntax) => wanted.includes(syntax as never))) : named;
  if (codec === undefined)
    return codestream && isOther
      ? unsupported(
          `Expected pixels of the file's transfer syntax (${named?.name ?? "one that no codec lists"}) or of one that a codec decodes, got ${codestream.name}`,
        )
      : unsupported("Expected a transfer syntax that one of the codecs decodes");
  const syntax = isOther ? codec.transferSyntaxes.find((one) => wanted.includes(one as never))! : file.transferSyntax;
  const isWider = (codestream?.precision ?? 0) > pixel.bitsAllocated && codestream!.precision! <= 16;
  const allocated: ImagePixel = isWider ? { ...pixel, bitsAllocated: 16 } : pixel;
  try {
    const storedValues = await codec.decode(encoded, allocated, syntax);
    const coded = codestream ? pixelAsCoded(storedValues, allocated, codestream) : allocated;
    return { storedValues, pixel: coded, isMismatch: isOther || coded !== pixel };
  } catch (cause) {
    if (!(cause instanceof DicomError))
      throw new DicomError("corrupt-pixels", `The ${codec.name} codec could not decode the frame`, { cause, offset });
    if (cause.offset !== undefined) throw cause;
    throw new DicomError(cause.code, cause.message, { cause: cause.cause, offset });
  }
}

/** A frame's bytes and what they are. `isRaw`: values as they are, though the transfer syntax says that they are compressed. */
async function readEncoded(
  file: DicomFile,
  pixel: ImagePixel,
  { frame, named }: { readonly frame: number; readonly named: Codec | undefined },
): Promise<{ readonly encoded: Uint8Array; readonly codestream?: Codestream | undefined; readonly isRaw: boolean }> {
  const element = file.dataSet.elements.get(tags.PixelData);
  const isNative = native.transferSyntaxes.includes(file.transferSyntax);
  if (element?.fragments === undefined && (isNative || named === undefined)) return { encoded: await frameBytes(file, pixel, frame), isRaw: false };
  if (element !== undefined && element.fragments === undefined) {
    // A codestream that no fragments hold.
    const first = await file.source.read(element.offset, element.offset + Math.min(element.length, 16));
    if (!isCodestream(first) || pixel.frames > 1) return { encoded: await frameBytes(file, pixel, frame), isRaw: true };
    const encoded = await file.source.read(element.offset, element.offset + element.length);
    return { encoded, codestream: identifyCodestream(encoded, pixel), isRaw: false };
  }
  const encoded = await frameBytes(file, pixel, frame);
  const codestream = identifyCodestream(encoded, pixel);
  const size = (pixel.rows * pixel.columns * pixel.samplesPerPixel * pixel.bitsAllocated) / 8;
  const isRaw = codestream === undefined && !isNative && named !== undefined && (encoded.length === size || encoded.length === size + 1);
  return { encoded, codestream, isRaw };
}
