import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeTensorBoard } from "@mammo/train";
import { expect, it } from "vitest";
import { summarizeNumbers } from "../src/dynamics/numbers.ts";
import { crc32c } from "../src/dynamics/tensorBoard.ts";

const python = process.env["MAMMO_PYTHON"] ?? "python3";
const hasTensorBoard = spawnSync(python, ["-c", "import tensorboard"]).status === 0;

it("the cyclic sum is Castagnoli's (the check value of RFC 3720)", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

it("a file is TensorBoard's own to the byte", () => {
  // RecordWriter and Event of tensorboard 2.20.0: reference/write_events.py.
  const histogram = { count: 3, norm: Math.sqrt(5.25), mean: 0.5, deviation: 0, min: -1, max: 2, histogram: [2, 1] };
  const values = [
    { tag: "loss", scalar: 0.5 },
    { tag: "w", histogram },
    { tag: "p", png: Uint8Array.of(1, 2), rows: 3, columns: 2 },
  ];
  expect(Buffer.from(encodeTensorBoard([{ step: 300, time: 2.5, values }])).toString("hex")).toBe(
    "1800000000000000a37f4b220900000000000004401a0d627261696e2e4576656e743a32b19bcaec8400000000000000411d8aef09000000000000044010ac022a760a0b0a046c6f7373150000003f0a560a01772a5109000000000000f0bf11000000000000004019000000000000084021000000000000f83f2900000000000015403210000000000000e03f00000000000000403a100000000000000040000000000000f03f0a0f0a0170220a0803100218012202010266172d97",
  );
});

it("a length of 128 takes two bytes, one of 127 one (Protocol Buffers' varint)", () => {
  const before = (length: number) => {
    const file = Buffer.from(encodeTensorBoard([{ step: 1, time: 0, values: [{ tag: "t".repeat(length), scalar: 0 }] }]));
    const at = file.indexOf("t".repeat(length));
    return [...file.subarray(at - 3, at)];
  };
  expect(before(127).slice(1)).toEqual([0x0a, 127]);
  expect(before(128)).toEqual([0x0a, 0x80, 0x01]);
});

it.skipIf(!hasTensorBoard)(
  "TensorBoard's own reader finds numbers, histograms and pictures (needs Python with tensorboard, see MAMMO_PYTHON)",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "mammo-board-"));
    try {
      const [numbers, png] = [[-1, 0, 0.5, 4], Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3)];
      const steps = [
        { step: 1, time: 1_790_000_000.25, values: [{ tag: "loss", scalar: 0.75 }] },
        // Beyond 32 bits, and a tag that is not ASCII.
        {
          step: 2 ** 40 + 3,
          time: 1_790_000_001,
          values: [
            { tag: "loss", scalar: -1e30 },
            { tag: "größe", scalar: 2 },
          ],
        },
        {
          step: 5,
          time: 1_790_000_002,
          values: [
            { tag: "weights", histogram: summarizeNumbers(numbers) },
            { tag: "view", png, rows: 300, columns: 200 },
          ],
        },
      ];
      await writeFile(join(folder, "events.out.tfevents.mammo"), encodeTensorBoard(steps));
      const script = fileURLToPath(new URL("../reference/read_events.py", import.meta.url));
      const { stdout, stderr, status } = spawnSync(python, [script, folder], { encoding: "utf8" });
      expect(status, stderr).toBe(0);
      const { scalars, histograms, images } = JSON.parse(stdout);
      expect(scalars).toEqual({
        loss: [
          [1, 1_790_000_000.25, 0.75],
          [2 ** 40 + 3, 1_790_000_001, Math.fround(-1e30)],
        ],
        größe: [[2 ** 40 + 3, 1_790_000_001, 2]],
      });
      const [[step, min, max, count, sum, squares, limits, counts]] = histograms.weights;
      expect([step, min, max, count, sum]).toEqual([5, -1, 4, 4, 3.5]);
      expect(squares).toBeCloseTo(17.25, 12);
      expect([limits.length, limits[5], limits.at(-1)]).toEqual([30, 0, 4]);
      // Bins of 1/6 from -1: -1 in the first, 0 in the seventh, 0.5 in the tenth, 4 in the last.
      expect(counts).toEqual(Array.from({ length: 30 }, (_, bin) => ([0, 6, 9, 29].includes(bin) ? 1 : 0)));
      expect(images).toEqual({ view: [[5, 200, 300, Buffer.from(png).toString("hex")]] });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
