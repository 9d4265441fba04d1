import { DicomError } from "../../dicom/dicomError.ts";

/** The first image file directory of a TIFF file: the numbers of its fields by tag. */
export interface TiffDirectory {
  readonly littleEndian: boolean;
  /** The first `most` numbers of a field, or `fallback` where the directory has no such field of bytes, shorts or longs. */
  numbers(tag: number, most: number, fallback?: readonly number[]): readonly number[];
}

// BYTE, SHORT and LONG; no field that this package reads has another type.
const sizes: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4 };

/**
 * Source: TIFF 6.0, section 2 (re-implementation). Values are read when asked for, so that no count in the file asks for memory.
 *
 * @throws DicomError `not-an-image` or `truncated`, with the byte.
 */
export function readTiffDirectory(bytes: Uint8Array): TiffDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49 && bytes[1] === 0x49;
  if ((!littleEndian && !(bytes[0] === 0x4d && bytes[1] === 0x4d)) || bytes.length < 8 || view.getUint16(2, littleEndian) !== 42)
    throw new DicomError("not-an-image", "Expected a TIFF file to begin with II or MM and 42", { offset: 0 });
  const start = view.getUint32(4, littleEndian);
  const need = (at: number, size: number): void => {
    if (at + size > bytes.length)
      throw new DicomError("truncated", "A TIFF file ends before what it points at", { offset: Math.min(at, bytes.length) });
  };
  need(start, 2);
  const count = view.getUint16(start, littleEndian);
  need(start + 2, 12 * count);
  const entries = new Map<number, number>();
  for (let index = count - 1; index >= 0; index--) entries.set(view.getUint16(start + 2 + 12 * index, littleEndian), start + 2 + 12 * index);
  return {
    littleEndian,
    numbers(tag, most, fallback = []) {
      const entry = entries.get(tag);
      const size = entry === undefined ? undefined : sizes[view.getUint16(entry + 2, littleEndian)];
      if (entry === undefined || size === undefined) return fallback;
      const told = view.getUint32(entry + 4, littleEndian);
      const at = told * size <= 4 ? entry + 8 : view.getUint32(entry + 8, littleEndian);
      const length = Math.min(told, most);
      need(at, length * size);
      const read = { 1: view.getUint8, 2: view.getUint16, 4: view.getUint32 }[size];
      return Array.from({ length }, (_, index) => read.call(view, at + index * size, littleEndian));
    },
  };
}
