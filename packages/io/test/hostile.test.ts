import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { DicomError, readMammogram } from "../src/index.ts";
import { encapsulated, mammogram } from "./writeDicom.ts";

it("ends every hostile file with a typed error within a second and 300 MB", async () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = fileURLToPath(new URL("./hostileChild.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@mammo/source", "--import", tsx, child]);
  const results = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; code: string; milliseconds: number; megabytes: number });
  expect(results.length).toBeGreaterThan(15);
  for (const { name, code, milliseconds, megabytes } of results) {
    expect(code, name).toMatch(/^(limit-exceeded|truncated|invalid-structure|pixels-mismatch|corrupt-pixels|missing-attribute)$/);
    expect(milliseconds, name).toBeLessThan(1000);
    expect(megabytes, name).toBeLessThan(300);
  }
});

// MAMMO_FUZZ_SECONDS lengthens the run, MAMMO_FUZZ_SEED repeats one.
const seconds = Number(process.env["MAMMO_FUZZ_SECONDS"] ?? 4);
const seed = Number(process.env["MAMMO_FUZZ_SEED"] ?? Date.now());

it(`gives an image or a typed error for mutated files (${seconds} s, seed ${seed})`, { timeout: (seconds + 60) * 1000 }, async () => {
  const small = { rows: 60, columns: 40, mm: 2 };
  const originals = [
    mammogram(small),
    mammogram({ ...small, syntax: "1.2.840.10008.1.2" }),
    mammogram({ ...small, syntax: "1.2.840.10008.1.2.2" }),
    mammogram({
      ...small,
      extra: [
        [
          0x00540220,
          "SQ",
          [
            [
              [0x00080100, "SH", "R-10226"],
              [0x00540222, "SQ", [[[0x00080100, "SH", "399209000"]]]],
            ],
          ],
        ],
        [
          0x00283010,
          "SQ",
          [
            [
              [0x00283002, "US", [4, 0, 16]],
              [0x00283006, "US", [0, 1, 2, 3]],
            ],
          ],
        ],
      ],
    }),
    mammogram({ ...small, syntax: "1.2.840.10008.1.2.5", pixelElement: encapsulated(new Uint8Array(4864).fill(130)) }),
  ];
  const interesting = [0, 1, 2, 7, 0x7f, 0x80, 0xfe, 0xff, 0xe0, 0x28, 0x10];
  const change = fc.record({
    at: fc.oneof(fc.nat(900), fc.nat(6000)), // The header, mostly.
    bytes: fc.array(fc.oneof(fc.constantFrom(...interesting), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    kind: fc.constantFrom("overwrite", "insert", "delete", "truncate", "repeat"),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(originals.length - 1), fc.array(change, { minLength: 1, maxLength: 4 }), async (which, changes) => {
      const bytes = changes.reduce(mutate, originals[which]!);
      const start = performance.now();
      const error = await readMammogram(bytes, { size: [64, 48], mmPerPixel: 5, limits: { framePixels: 1e6 } }).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(DicomError);
      expect(performance.now() - start).toBeLessThan(2000);
    }),
    { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, seed },
  );
});

function mutate(bytes: Uint8Array, change: { readonly at: number; readonly bytes: readonly number[]; readonly kind: string }): Uint8Array {
  const at = Math.min(change.at, bytes.length);
  const rest = bytes.subarray(at);
  if (change.kind === "truncate") return bytes.subarray(0, at);
  if (change.kind === "insert") return Uint8Array.from([...bytes.subarray(0, at), ...change.bytes, ...rest]);
  if (change.kind === "delete") return Uint8Array.from([...bytes.subarray(0, at), ...rest.subarray(change.bytes.length)]);
  if (change.kind === "repeat") return Uint8Array.from([...bytes.subarray(0, at), ...rest.subarray(0, 64), ...rest]);
  const copy = bytes.slice();
  copy.set(change.bytes.slice(0, Math.max(0, copy.length - at)), at);
  return copy;
}
