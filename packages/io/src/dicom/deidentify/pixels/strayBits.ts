import type { ImagePixel } from "../../parse/imagePixel.ts";

/** Which bits of a cell hold the stored value (PS3.5 8.1.1): Bits Stored of them, up to High Bit. */
function maskOf({ bitsStored, highBit }: ImagePixel): number {
  const width = bitsStored >= 32 ? 0xffffffff : 2 ** bitsStored - 1;
  return (width << (highBit + 1 - bitsStored)) >>> 0;
}

/** The cell with its unused bits as the standard wants them: 0, or the sign where the file repeats it. */
function clean(cell: number, { highBit, isSigned, bitsAllocated }: ImagePixel, mask: number): number {
  const value = (cell & mask) >>> 0;
  const above = (highBit >= 31 ? 0 : (0xffffffff << (highBit + 1)) & (2 ** bitsAllocated - 1)) >>> 0;
  const isExtended = isSigned && above !== 0 && (cell & above) >>> 0 === above && (cell >>> highBit) % 2 === 1;
  return isExtended ? (value | above) >>> 0 : value;
}

/**
 * Native cells of 8, 16 or 32 bits with what stands in their unused bits taken out; the bytes themselves where nothing stands there.
 *
 * Undefined for cells of other widths with unused bits.
 */
export function withoutStrayBits(cells: Uint8Array, pixel: ImagePixel, littleEndian: boolean): Uint8Array | undefined {
  const { bitsAllocated, bitsStored } = pixel;
  if (bitsStored === bitsAllocated || bitsAllocated === 1) return cells;
  if (bitsAllocated === 12) return undefined;
  const [mask, size] = [maskOf(pixel), bitsAllocated / 8];
  const from = new DataView(cells.buffer, cells.byteOffset, cells.byteLength);
  let cleaned: DataView<ArrayBuffer> | undefined;
  for (let at = 0; at + size <= cells.length; at += size) {
    const cell = size === 1 ? cells[at]! : size === 2 ? from.getUint16(at, littleEndian) : from.getUint32(at, littleEndian);
    const wanted = (cell & mask) >>> 0 === cell ? cell : clean(cell, pixel, mask);
    if (wanted === cell) continue;
    cleaned ??= new DataView(Uint8Array.from(cells).buffer);
    if (size === 1) cleaned.setUint8(at, wanted);
    else if (size === 2) cleaned.setUint16(at, wanted, littleEndian);
    else cleaned.setUint32(at, wanted, littleEndian);
  }
  return cleaned ? new Uint8Array(cleaned.buffer) : cells;
}
