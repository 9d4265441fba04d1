import { encode } from "fast-png";

/** 8-bit gray values, row-major, as the data URL of a PNG. */
export function pngUrl(data: Uint8Array, rows: number, columns: number): string {
  const png = encode({ width: columns, height: rows, data, channels: 1, depth: 8 });
  let text = "";
  // In parts, since a call takes a limited number of arguments.
  for (let from = 0; from < png.length; from += 8192) text += String.fromCharCode(...png.subarray(from, from + 8192));
  return `data:image/png;base64,${btoa(text)}`;
}
