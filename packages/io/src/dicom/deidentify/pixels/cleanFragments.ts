import { decodeFrame } from "../../frames/decodeFrame.ts";
import { frameBytes } from "../../frames/frameBytes.ts";
import type { ImagePixel } from "../../parse/imagePixel.ts";
import type { DicomFile } from "../../parse/parseDicom.ts";
import { encodingOf, TransferSyntax } from "../../transferSyntax.ts";
import type { Fragments } from "../../write/element.ts";
import { encodeValue } from "../../write/encodeValue.ts";
import { cleanCells } from "./cleanCells.ts";
import { cleanCodestream } from "./cleanCodestream.ts";
import { withoutStrayBits } from "./strayBits.ts";

/** Pixel values, and whether all their bytes are known to be a picture. */
export interface CleanPixels {
  readonly value: Uint8Array | Fragments;
  readonly isVerified: boolean;
}

/** Syntaxes whose fragments, against the standard, hold plain cells. */
const native: ReadonlySet<string> = new Set([
  TransferSyntax.implicitLittleEndian,
  TransferSyntax.explicitLittleEndian,
  TransferSyntax.deflatedExplicitLittleEndian,
  TransferSyntax.explicitBigEndian,
]);

/**
 * Encapsulated pixels with every byte that makes no picture set to 0: in their fragments where these follow the frames, else one fragment a frame.
 *
 * The offset table is made anew where there was one; fragments that no frame needs leave.
 * @throws DicomError where the frames cannot be found.
 */
export async function cleanFragments(file: DicomFile, pixel: ImagePixel, fragments: readonly Uint8Array[]): Promise<CleanPixels> {
  const frames: { readonly encoded: Uint8Array; readonly cleaned: Uint8Array }[] = [];
  let isVerified = true;
  for (let frame = 0; frame < pixel.frames; frame++) {
    const encoded = await frameBytes(file, pixel, frame);
    const cleaned = await cleanFrame(file, pixel, { encoded, frame });
    isVerified &&= cleaned.isVerified;
    frames.push({ encoded, cleaned: cleaned.bytes });
  }
  const [table, ...parts] = fragments;
  const cut = cutAsBefore(frames, parts);
  const cleaned = cut ?? frames.map((one) => [one.cleaned]);
  const offsets = table!.length > 0 || cut === undefined ? offsetTable(cleaned) : new Uint8Array(0);
  return { value: { fragments: [offsets, ...cleaned.flat()] }, isVerified };
}

/** One frame without what makes no picture; not verified where its structure is not known, or its values have bits that the data set does not tell of. */
async function cleanFrame(
  file: DicomFile,
  pixel: ImagePixel,
  { encoded, frame }: { readonly encoded: Uint8Array; readonly frame: number },
): Promise<{ readonly bytes: Uint8Array; readonly isVerified: boolean }> {
  if (native.has(file.transferSyntax)) {
    const cells = cleanCells(encoded, { ...pixel, frames: 1 }, encodingOf(file.transferSyntax).littleEndian);
    return { bytes: cells ?? encoded, isVerified: cells !== undefined };
  }
  const clean = cleanCodestream(encoded, pixel, file.transferSyntax === TransferSyntax.rleLossless);
  if (clean === undefined) return { bytes: encoded, isVerified: false };
  const { cleaned: bytes, isVerified, isWider } = clean;
  if (!isWider || !isVerified) return { bytes, isVerified };
  const values = await decodeFrame(file, pixel, { frame }).catch(() => undefined);
  const cells = values && new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { bytes, isVerified: cells !== undefined && withoutStrayBits(cells, pixel, true) === cells };
}

/** The cleaned frames in the fragments that they came in; undefined unless the fragments are the frames, one after the other. */
function cutAsBefore(
  frames: readonly { readonly encoded: Uint8Array; readonly cleaned: Uint8Array }[],
  parts: readonly Uint8Array[],
): readonly (readonly Uint8Array[])[] | undefined {
  let next = 0;
  const cut: Uint8Array[][] = [];
  for (const { encoded, cleaned } of frames) {
    const own: Uint8Array[] = [];
    for (let at = 0; at < encoded.length; ) {
      const part = parts[next++];
      if (part === undefined || at + part.length > encoded.length || !isSame(part, encoded.subarray(at, at + part.length))) return undefined;
      own.push(cleaned.subarray(at, at + part.length));
      at += part.length;
    }
    cut.push(own);
  }
  return cut;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  // Mostly they are one and the same.
  if (one.buffer === other.buffer && one.byteOffset === other.byteOffset) return one.length === other.length;
  return one.every((byte, at) => byte === other[at]);
}

/** Where each frame begins, from the first item's tag on (PS3.5 A.4). */
function offsetTable(frames: readonly (readonly Uint8Array[])[]): Uint8Array {
  let at = 0;
  const offsets = frames.map((parts) => {
    const start = at;
    for (const { length } of parts) at += 8 + length + (length % 2);
    return start;
  });
  return at > 0xffffffff ? new Uint8Array(0) : encodeValue("UL", offsets, true);
}
