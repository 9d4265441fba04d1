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
 * The first fragment is the Basic Offset Table (PS3.5 A.4). A missing end delimiter at the very end of the file is forgiven.
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
    const wanted = Math.min(position + 11, source.size);
    if (wanted > from + seen.length) {
      from = position;
      seen = (await readExactly(source, from, Math.min(from + window, source.size))) as Uint8Array<ArrayBuffer>;
      view = new DataView(seen.buffer, seen.byteOffset, seen.byteLength);
    }
    const at = position - from;
    const tag = view.getUint16(at, littleEndian) * 65536 + view.getUint16(at + 2, littleEndian);
    const length = view.getUint32(at + 4, littleEndian);
    if (tag === tags.SequenceDelimitationItem) return { fragments, end: position + 8 };
    if (tag !== tags.Item) throw new DicomError("invalid-structure", "Expected a fragment of encapsulated pixels", { offset: position });
    if (length > source.size - position - 8)
      throw new DicomError("truncated", "A fragment is longer than what is left of the file", { offset: position });
    const isStart = length > 2 && seen[at + 8] === 0xff && (seen[at + 9] === 0xd8 || seen[at + 9] === 0x4f) && seen[at + 10] === 0xff;
    if (fragments.push({ offset: position + 8, length, isStart }) > limits.elements)
      throw new DicomError("limit-exceeded", `Expected at most ${limits.elements} fragments`, { offset: position });
    position += 8 + length;
  }
  return { fragments, end: source.size };
}
