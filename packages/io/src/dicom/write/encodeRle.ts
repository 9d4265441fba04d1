/**
 * One frame of single bytes as DICOM's RLE (PS3.5 annex G): a header, then one segment in which each row is packed by itself.
 *
 * Runs of two and more are repeated, all else is copied, 128 at most.
 */
export function encodeRle(pixels: Uint8Array, columns: number): Uint8Array {
  const out: number[] = [];
  for (let row = 0; row < pixels.length; row += columns) packRow(pixels.subarray(row, row + columns), out);
  if (out.length % 2) out.push(0);
  const frame = new Uint8Array(64 + out.length);
  const header = new DataView(frame.buffer);
  header.setUint32(0, 1, true);
  header.setUint32(4, 64, true);
  frame.set(out, 64);
  return frame;
}

function packRow(row: Uint8Array, out: number[]): void {
  let at = 0;
  while (at < row.length) {
    const run = runAt(row, at);
    if (run > 1) {
      out.push(257 - run, row[at]!);
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < row.length && end - at < 128 && runAt(row, end) === 1) end++;
    out.push(end - at - 1, ...row.subarray(at, end));
    at = end;
  }
}

function runAt(row: Uint8Array, at: number): number {
  let end = at + 1;
  while (end < row.length && end - at < 128 && row[end] === row[at]) end++;
  return end - at;
}
