import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type ByteSource, decodeFrame, limitsDefaults, parseDicom, readFrames, readImagePixel, readMammogram } from "../src/index.ts";
import { breastFiles } from "./breastFiles.ts";
import { withOffsets } from "./hostile/codestreams.ts";
import { breastCells, concat, type Element, integers, mammogram } from "./writeDicom.ts";

const stack = { sopClass: "1.2.840.10008.5.1.4.1.1.13.1.3", without: [0x00181164, 0x00200062] } as const;
const groups = (frames: number): readonly Element[] => [
  [0x00280008, "IS", `${frames}`],
  [
    0x52009229,
    "SQ",
    [
      [
        [0x00209071, "SQ", [[[0x00209072, "CS", "L"]]]],
        [0x00289110, "SQ", [[[0x00280030, "DS", "0.1\\0.1"]]]],
      ],
    ],
  ],
];

/** A source that counts what is read of it. */
function counted(bytes: Uint8Array): ByteSource & { readonly count: () => number } {
  let count = 0;
  return {
    size: bytes.length,
    async read(from, to) {
      count += to - from;
      return bytes.slice(from, to);
    },
    count: () => count,
  };
}

describe("a tomosynthesis stack", () => {
  it("of 60 frames and 168 MB is read in less than half of that, of which a frame is 3 MB and the rest what the collector lets lie", {
    timeout: 120_000,
  }, async () => {
    const [rows, columns, frames] = [1400, 1000, 60];
    const folder = await mkdtemp(join(tmpdir(), "mammo-stack-"));
    try {
      const path = join(folder, "stack.dcm");
      const handle = await open(path, "w");
      const size = 2 * rows * columns;
      const head = concat(integers([0x7fe0, 0x0010], 2), new TextEncoder().encode("OW"), new Uint8Array(2), integers([size * frames], 4));
      await handle.write(mammogram({ ...stack, rows, columns, extra: groups(frames), pixelElement: head }));
      const cells = breastCells({ rows, columns, laterality: "L" });
      for (let frame = 0; frame < frames; frame++) {
        cells[0] = 100 + frame;
        await handle.write(new Uint8Array(cells.buffer));
      }
      await handle.close();
      const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
      const child = fileURLToPath(new URL("./stackChild.ts", import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@mammo/source", "--import", tsx, child, path]);
      const { sums, peak, laterality, source } = JSON.parse(stdout) as { sums: number[]; peak: number; laterality: string; source: number };
      expect(sums).toEqual(Array.from({ length: frames }, (_, frame) => 100 + frame));
      expect([laterality, source]).toEqual(["L", rows]);
      expect(peak).toBeLessThan(84e6);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each(["with an offset table", "without one", "with frames in pieces"])(
    "of fragments %s gives its frames, and reads no more than it has to",
    async (how) => {
      const single = await parseDicom(breastFiles().get("1.2.840.10008.1.2.4.70")!);
      const [, whole] = single.dataSet.elements.get(0x7fe00010)!.fragments!;
      const codestream = await single.source.read(whole!.offset, whole!.offset + whole!.length);
      // Frames differ behind their end marker only; 1 MB of that each shows who reads too much.
      const frames = [1, 2, 3, 4].map((mark) => concat(codestream, new Uint8Array(1 << 20).fill(mark)));
      const pieces = how === "with frames in pieces" ? frames.flatMap((frame) => [frame.slice(0, 1000), frame.slice(1000)]) : frames;
      const offsets = how === "without one" ? [] : frames.map((_, index) => (pieces.length / 4) * 8 * index + frames[0]!.length * index);
      const pixelElement = withOffsets(offsets, ...pieces);
      const source = counted(
        mammogram({ ...stack, syntax: "1.2.840.10008.1.2.4.70", rows: 96, columns: 64, extra: groups(4), pixelElement, cells: new Uint16Array(0) }),
      );
      const file = await parseDicom(source);
      const header = source.count();
      expect(header).toBeLessThan((1 << 18) + 9 * 4096);
      const pixel = readImagePixel(file.dataSet, limitsDefaults);
      const expected = await decodeFrame(single, { ...pixel, frames: 1 });
      expect(await decodeFrame(file, pixel, { frame: 2 })).toEqual(expected);
      expect(source.count() - header).toBeLessThanOrEqual(frames[2]!.length + 8);
      let count = 0;
      for await (const cells of readFrames(file)) {
        expect(cells).toEqual(expected);
        count++;
      }
      expect(count).toBe(4);
    },
  );
});

describe("reading by ranges", () => {
  it.each([...breastFiles()])("gives the same image of %s from bytes, from a Blob and from a source", async (_syntax, bytes) => {
    const { image } = await readMammogram(bytes);
    for (const readable of [new Blob([bytes as Uint8Array<ArrayBuffer>]), counted(bytes)])
      expect(Buffer.from((await readMammogram(readable)).image.pixels.buffer).equals(Buffer.from(image.pixels.buffer))).toBe(true);
  });

  it("finds the pixels behind a header of any length", async () => {
    const bytes = mammogram({ extra: [[0x00204000, "UT", "x".repeat(3 << 20)]] });
    const file = await parseDicom(counted(bytes));
    expect((await decodeFrame(file, readImagePixel(file.dataSet, limitsDefaults))).length).toBe(240 * 160);
  });

  it("gives the error and the byte that whole bytes give, and a typed one for a file that shrinks", async () => {
    const bytes = mammogram();
    for (const broken of [bytes.subarray(0, 300), bytes.subarray(0, 40_000), new Uint8Array(0), mammogram({ without: [0x7fe00010] })]) {
      const error = await readMammogram(broken).catch((caught: unknown) => caught);
      await expect(readMammogram(counted(broken))).rejects.toMatchObject({
        code: (error as { code: string }).code,
        offset: (error as { offset: number }).offset,
      });
    }
    const shrinking: ByteSource = { size: bytes.length, read: async (from, to) => bytes.slice(from, Math.min(to, 2000)) };
    await expect(readMammogram(shrinking)).rejects.toMatchObject({ code: "truncated", offset: 2000 });
  });

  it.skipIf(process.platform !== "linux")("refuses a device, and a file that is not there", async () => {
    const { fileSource } = await import("../src/node.ts");
    await expect(fileSource("/dev/null")).rejects.toMatchObject({ code: "not-a-file" });
    await expect(fileSource("/nowhere/at/all")).rejects.toMatchObject({ code: "unreadable" });
  });
});
