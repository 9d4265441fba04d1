import { golden } from "@mammo/testing";

/** Small pictures of each kind that is read. */
export function rasterFiles(): readonly Uint8Array[] {
  const { cases } = golden<{ readonly cases: Readonly<Record<string, string>> }>("rasters", import.meta.url);
  return Object.entries(cases)
    .filter(([name]) => !name.includes("large"))
    .map(([, base64]) => Uint8Array.from(Buffer.from(base64, "base64")));
}
