import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { golden } from "@mammo/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { DicomError, readRaster } from "../src/index.ts";

it("ends every hostile picture with a typed error within a second and 300 MB", async () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = fileURLToPath(new URL("./hostileRastersChild.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@mammo/source", "--import", tsx, child]);
  const results = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; code: string; milliseconds: number; megabytes: number });
  expect(results.length).toBeGreaterThan(20);
  for (const { name, code, milliseconds, megabytes } of results) {
    expect(code, name).toMatch(/^(limit-exceeded|truncated|invalid-structure|corrupt-pixels|not-an-image|pixels-mismatch)$/);
    expect(milliseconds, name).toBeLessThan(1000);
    expect(megabytes, name).toBeLessThan(300);
  }
});

it("knows a picture by its first bytes, not by anything else", async () => {
  await expect(readRaster(new Uint8Array(100))).rejects.toMatchObject({ code: "not-an-image", offset: 0 });
  await expect(readRaster(new Uint8Array(0))).rejects.toMatchObject({ code: "not-an-image" });
});

it("refuses a picture by the caller's limit", async () => {
  const pgm = new TextEncoder().encode("P5 4 4 255\n0123456789abcdef");
  await expect(readRaster(pgm)).resolves.toMatchObject({ rows: 4, columns: 4 });
  await expect(readRaster(pgm, { framePixels: 15 })).rejects.toMatchObject({ code: "limit-exceeded" });
});

// MAMMO_FUZZ_SECONDS lengthens the run, MAMMO_FUZZ_SEED repeats one.
const seconds = Number(process.env["MAMMO_FUZZ_SECONDS"] ?? 3);
const seed = Number(process.env["MAMMO_FUZZ_SEED"] ?? Date.now());

it(`gives a picture or a typed error for mutated pictures (${seconds} s, seed ${seed})`, { timeout: (seconds + 60) * 1000 }, async () => {
  const { cases } = golden<{ readonly cases: Readonly<Record<string, string>> }>("rasters", import.meta.url);
  const originals = Object.entries(cases)
    .filter(([name]) => !name.includes("large"))
    .map(([, base64]) => Uint8Array.from(Buffer.from(base64, "base64")));
  const change = fc.record({
    at: fc.oneof(fc.nat(60), fc.nat(400), fc.nat(4000)), // Headers, mostly.
    bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
    kind: fc.constantFrom("overwrite", "insert", "delete", "truncate"),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(originals.length - 1), fc.array(change, { minLength: 1, maxLength: 4 }), async (which, changes) => {
      const bytes = changes.reduce((from, { at, bytes: by, kind }) => {
        const [head, tail] = [from.slice(0, at), from.slice(at)];
        if (kind === "truncate") return head;
        const rest = kind === "insert" ? tail : tail.slice(by.length);
        return Uint8Array.from([...head, ...(kind === "delete" ? [] : by), ...rest]);
      }, originals[which]!);
      const start = performance.now();
      const error = await readRaster(bytes, { framePixels: 1e6 }).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(DicomError);
      expect(performance.now() - start).toBeLessThan(2000);
    }),
    { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, seed },
  );
});
