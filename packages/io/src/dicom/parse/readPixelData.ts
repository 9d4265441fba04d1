import { type ByteSource, readExactly } from "../byteSource.ts";
import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import { tags } from "../tags.ts";
import { type DataElement, type Fragment, undefinedLength } from "./dataSet.ts";

/** One read finds the heads of many small fragments; a large one costs one read of this size. */
const window = 4096;

/**
 * Pixel Data at `position`: where its value lies, or where its fragments lie. The pixels themselves are not read.
 *
 * The first fragment is the Basic Offset Table (PS3.5 A.4). A missing end delimiter at the very end of the file is forgiven, and zeros in its place.
 * @throws DicomError `truncated`, `invalid-structure`, `limit-exceeded`.
 */
export async function readPixelData(
  source: ByteSource,
  options: { readonly position: number; readonly explicit: boolean; readonly littleEndian: boolean; readonly limits: Limits },
): Promise<DataElement> {
  const { position: at, explicit, littleEndian, limits } = options;
  const head = await readExactly(source, at, Math.min(at + 12, source.size));
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const vr = explicit ? String.fromCharCode(head[4]!, head[5]!) : undefined;
  if (vr !== undefined && !/^(OB|OW|UN)$/.test(vr))
    throw new DicomError("invalid-structure", "Expected Pixel Data (7FE0,0010) to be bytes or words", { offset: at + 4 });
  const size = explicit ? 12 : 8;
  if (head.length < size) throw new DicomError("truncated", "Expected the length of Pixel Data, the data ends", { offset: at });
  const length = view.getUint32(size - 4, littleEndian);
  const offset = at + size;
  if (length === undefinedLength) {
    const { fragments, end } = await readFragments(source, { start: offset, littleEndian, limits });
    return { tag: tags.PixelData, vr, offset, length: end - offset, fragments };
  }
  if (length > source.size - offset) throw new DicomError("truncated", "Pixel Data is longer than what is left of the file", { offset });
  return { tag: tags.PixelData, vr, offset, length };
}

async function readFragments(
  source: ByteSource,
  options: { readonly start: number; readonly littleEndian: boolean; readonly limits: Limits },
): Promise<{ readonly fragments: readonly Fragment[]; readonly end: number }> {
  const { littleEndian, limits } = options;
  const fragments: Fragment[] = [];
  let [seen, from] = [new Uint8Array(0), options.start];
  let view = new DataView(seen.buffer);
  let position = options.start;
  while (source.size - position >= 8) {
    const wanted = Math.min(position + 16, source.size);
    if (wanted > from + seen.length) {
      from = position;
      seen = (await readExactly(source, from, Math.min(from + window, source.size))) as Uint8Array<ArrayBuffer>;
      view = new DataView(seen.buffer, seen.byteOffset, seen.byteLength);
    }
    const at = position - from;
    const tag = view.getUint16(at, littleEndian) * 65536 + view.getUint16(at + 2, littleEndian);
    const length = view.getUint32(at + 4, littleEndian);
    if (tag === tags.SequenceDelimitationItem || (tag === 0 && length === 0)) return { fragments, end: position + 8 };
    if (tag !== tags.Item) throw new DicomError("invalid-structure", "Expected a fragment of encapsulated pixels", { offset: position });
    if (length > source.size - position - 8)
      throw new DicomError("truncated", "A fragment is longer than what is left of the file", { offset: position });
    const isStart = length > 8 && beginsFrame(seen, at + 8);
    if (fragments.push({ offset: position + 8, length, isStart }) > limits.elements)
      throw new DicomError("limit-exceeded", `Expected at most ${limits.elements} fragments`, { offset: position });
    position += 8 + length;
  }
  return { fragments, end: source.size };
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000, the box that opens a JP2 file, or an RLE header: up to 15 segments, the first behind the header's 64 bytes (PS3.5 G.5). */
function beginsFrame(bytes: Uint8Array, at: number): boolean {
  const byte = (index: number): number => bytes[at + index] ?? 0;
  if (byte(0) === 0xff) return (byte(1) === 0xd8 || byte(1) === 0x4f) && byte(2) === 0xff;
  const isBox = byte(3) === 12 && byte(4) === 0x6a && byte(5) === 0x50;
  const isRle = byte(0) >= 1 && byte(0) <= 15 && byte(4) === 64 && [1, 2, 3, 5, 6, 7].every((index) => byte(index) === 0);
  return isBox || isRle;
}
