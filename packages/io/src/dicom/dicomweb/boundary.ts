const prefix = "mammo-part-";

/** A multipart boundary that stands in none of the files: no chance, no clock. */
export function boundaryIn(files: readonly Uint8Array[]): string {
  const first = prefix.charCodeAt(0);
  const taken = new Set<string>();
  for (const bytes of files)
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      const found = String.fromCharCode(...bytes.subarray(at, at + prefix.length + 8));
      if (found.startsWith(prefix)) taken.add(found);
    }
  for (let number = 0; ; number++) {
    const boundary = `${prefix}${String(number).padStart(8, "0")}`;
    if (!taken.has(boundary)) return boundary;
  }
}
