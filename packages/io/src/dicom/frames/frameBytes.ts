import { readExactly } from "../byteSource.ts";
import { DicomError } from "../dicomError.ts";
import type { DataElement, Fragment } from "../parse/dataSet.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { tags } from "../tags.ts";

/**
 * The bytes of one frame, still encoded; a view into the file wherever that is possible.
 *
 * @throws DicomError `no-pixels`, `pixels-mismatch` if the element cannot hold the frame.
 */
export async function frameBytes(file: DicomFile, pixel: ImagePixel, frame = 0): Promise<Uint8Array> {
  const element = file.dataSet.elements.get(tags.PixelData);
  if (element === undefined) throw new DicomError("no-pixels", "Expected Pixel Data (7FE0,0010)", { offset: file.end });
  if (!Number.isInteger(frame) || frame < 0 || frame >= pixel.frames)
    throw new RangeError(`Expected a frame from 0 to ${pixel.frames - 1}, got ${frame}`);
  return element.fragments ? encapsulatedFrame(file, pixel, element, frame) : nativeFrame(file, pixel, element, frame);
}

async function nativeFrame(file: DicomFile, pixel: ImagePixel, element: DataElement, frame: number): Promise<Uint8Array> {
  // 4:2:2 stores two luminances and one of each chrominance for two pixels (PS3.3 C.7.6.3.1.2).
  const samples = pixel.photometricInterpretation === "YBR_FULL_422" ? 2 : pixel.samplesPerPixel;
  const bits = pixel.rows * pixel.columns * samples * pixel.bitsAllocated;
  const [from, to] = [Math.floor((frame * bits) / 8), Math.ceil(((frame + 1) * bits) / 8)];
  if (to > element.length)
    throw new DicomError("pixels-mismatch", "Pixel Data is shorter than Rows x Columns x frames call for", { offset: element.offset });
  const isSwapped = pixel.bitsAllocated === 8 && pixel.isWords === true && !file.dataSet.littleEndian;
  if (isSwapped)
    return unswap(await readExactly(file.source, element.offset + from - (from % 2), element.offset + to + (to % 2)), from % 2, to - from);
  const bytes = await readExactly(file.source, element.offset + from, element.offset + to);
  const skipped = (frame * bits) % 8;
  return skipped === 0 ? bytes : shiftBits(bytes, skipped);
}

/** Bytes packed into big endian words stand in swapped pairs, the last one with the element's padding. */
function unswap(pairs: Uint8Array, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = pairs[(from + index) ^ 1]!;
  return bytes;
}

/** Frames of single bits may begin inside of a byte. */
function shiftBits(bytes: Uint8Array, skipped: number): Uint8Array {
  return bytes.map((byte, at) => (byte >> skipped) | ((bytes[at + 1] ?? 0) << (8 - skipped)));
}

async function encapsulatedFrame(file: DicomFile, pixel: ImagePixel, element: DataElement, frame: number): Promise<Uint8Array> {
  const parts = await fragmentsOf(file, pixel, element, frame);
  if (parts.length === 1) return readExactly(file.source, parts[0]!.offset, parts[0]!.offset + parts[0]!.length);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(await readExactly(file.source, part.offset, part.offset + part.length), at);
    at += part.length;
  }
  return whole;
}

/** Found once a file: each frame would else go through all fragments and the table again. */
const framesOf = new WeakMap<DataElement, { readonly frames: number; readonly found: Promise<(frame: number) => readonly Fragment[]> }>();

async function fragmentsOf(file: DicomFile, pixel: ImagePixel, element: DataElement, frame: number): Promise<readonly Fragment[]> {
  let known = framesOf.get(element);
  if (known?.frames !== pixel.frames) {
    known = { frames: pixel.frames, found: framesIn(file, pixel, element) };
    framesOf.set(element, known);
  }
  return (await known.found)(frame);
}

/**
 * Which fragments hold each frame: all of the only one; from one frame's beginning to the next; one each; or by the Basic Offset Table. What the fragments say goes before
 * what the table says, which is often empty, zero or short (GDCM and DCMTK do so too). Empty fragments are padding.
 */
async function framesIn(file: DicomFile, pixel: ImagePixel, element: DataElement): Promise<(frame: number) => readonly Fragment[]> {
  const [table, ...all] = element.fragments!;
  const fragments = all.filter(({ length }) => length > 0);
  if (table === undefined || fragments.length === 0) throw new DicomError("no-pixels", "Expected fragments of pixels", { offset: element.offset });
  if (pixel.frames === 1) return () => fragments;
  const starts = fragments.flatMap(({ isStart }, index) => (isStart ? [index] : []));
  if (starts.length === pixel.frames && starts[0] === 0) return (frame) => fragments.slice(starts[frame], starts[frame + 1]);
  // A frame that is missing is an empty fragment, and has its place.
  if (all.length === pixel.frames) return (frame) => [all[frame]!];
  if (fragments.length === pixel.frames) return (frame) => [fragments[frame]!];
  const listed = starts.length === 0 ? await listedStarts(file, table, fragments, pixel.frames) : undefined;
  if (listed) return (frame) => fragments.slice(listed[frame], listed[frame + 1]);
  throw new DicomError("pixels-mismatch", "Expected fragments that say where each frame begins, or a Basic Offset Table that does", {
    offset: element.offset,
  });
}

/** The fragments that the Basic Offset Table names as beginnings; undefined unless it names as many as there are frames, each a fragment's and all in order. */
async function listedStarts(
  file: DicomFile,
  table: Fragment,
  fragments: readonly Fragment[],
  frames: number,
): Promise<readonly number[] | undefined> {
  if (table.length < 4 * frames) return undefined;
  const entries = await readExactly(file.source, table.offset, table.offset + 4 * frames);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const places = new Map(fragments.map(({ offset }, index) => [offset - fragments[0]!.offset, index]));
  const starts = Array.from({ length: frames }, (_, index) => places.get(view.getUint32(4 * index, true)) ?? -1);
  return starts[0] === 0 && starts.every((start, index) => index === 0 || start > starts[index - 1]!) ? starts : undefined;
}
