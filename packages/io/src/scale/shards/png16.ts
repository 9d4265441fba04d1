import { crc32, deflateSync, inflateSync } from "node:zlib";
import { concat } from "../../dicom/concat.ts";
import { limitsDefaults } from "../../dicom/limits.ts";
import { ShardError } from "./shardError.ts";

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** PNG's filter "Sub": each byte minus the same byte of the pixel before it. Beside Up, Paeth and none the smallest or within 1 %, and the fastest. */
const sub = 1;

/** The fastest level: on standardized mammograms level 6 takes a quarter longer and saves 1 %. */
const level = 1;

/** Gray values -> a 16-bit PNG (ISO/IEC 15948). The same values give the same bytes with the same zlib. */
export function encodePng16(pixels: Uint16Array, rows: number, columns: number): Uint8Array<ArrayBuffer> {
  const lines = new Uint8Array(rows * (1 + 2 * columns));
  for (let row = 0, from = 0, to = 0; row < rows; row++) {
    lines[to++] = sub;
    for (let column = 0, before = 0; column < columns; column++) {
      const value = pixels[from++]!;
      lines[to++] = (value >> 8) - (before >> 8);
      lines[to++] = value - before;
      before = value;
    }
  }
  const size = new Uint8Array(13);
  const view = new DataView(size.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  size[8] = 16; // bits; color type, compression, filter method and interlace are 0
  return concat([signature, chunk("IHDR", size), chunk("IDAT", deflateSync(lines, { level })), chunk("IEND", new Uint8Array(0))]);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  new TextEncoder().encodeInto(type, bytes.subarray(4));
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/**
 * A PNG of `encodePng16` -> its values; four times as fast as a reader of every PNG.
 *
 * @throws ShardError `corrupt-shard` for anything else
 */
export function decodePng16(png: Uint8Array, rows: number, columns: number): Uint16Array {
  const wrong = (): ShardError => new ShardError("corrupt-shard", "Expected a 16-bit gray PNG as a shard's image");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  // Signature, IHDR (25 bytes), then one IDAT up to IEND (12 bytes).
  if (
    rows * columns > limitsDefaults.framePixels ||
    png.length < 57 ||
    view.getUint32(16) !== columns ||
    view.getUint32(20) !== rows ||
    view.getUint32(33) !== png.length - 57
  )
    throw wrong();
  const length = rows * (1 + 2 * columns);
  // Deflate makes at most 1032 bytes out of one: no need to begin where that cannot be enough.
  if (1032 * png.length < length) throw wrong();
  const lines = inflate(png.subarray(41, png.length - 16), length);
  if (lines?.length !== length) throw wrong();
  const pixels = new Uint16Array(rows * columns);
  for (let row = 0, from = 0, to = 0; row < rows; row++) {
    if (lines[from++] !== sub) throw wrong();
    let high = 0;
    let low = 0;
    for (let column = 0; column < columns; column++) {
      high = (high + lines[from++]!) & 255;
      low = (low + lines[from++]!) & 255;
      pixels[to++] = (high << 8) | low;
    }
  }
  return pixels;
}

function inflate(bytes: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength });
  } catch {
    return undefined;
  }
}
