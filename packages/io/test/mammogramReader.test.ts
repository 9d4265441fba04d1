import { afterAll, describe, expect, it } from "vitest";
import { parseDicom, readFrames, readMammogram } from "../src/index.ts";
import { mammogramReader } from "../src/node.ts";
import { breastCells, mammogram } from "./writeDicom.ts";

const reader = mammogramReader();
afterAll(() => reader.dispose());

describe("mammogramReader", () => {
  it("reads as readMammogram does, and goes on after errors", async () => {
    const [good, broken, again] = await Promise.allSettled([
      reader.read(mammogram()),
      reader.read(mammogram().subarray(0, 300)),
      reader.read(mammogram({ laterality: "R" })),
    ]);
    const expected = (await readMammogram(mammogram())).image.pixels;
    expect(good.status === "fulfilled" && Buffer.from(good.value.image.pixels.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    expect(broken).toMatchObject({ status: "rejected", reason: { name: "DicomError", code: "truncated", offset: expect.any(Number) } });
    expect(again).toMatchObject({ status: "fulfilled", value: { header: { laterality: "R" } } });
  });

  it("is disposed of after the files that wait, and takes none then", async () => {
    const own = mammogramReader();
    const reads = [1, 2, 3].map(() => own.read(mammogram()));
    const settled = Promise.allSettled(reads);
    await own.dispose();
    await own.dispose();
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
    await expect(own.read(mammogram())).rejects.toMatchObject({ name: "Error", message: expect.stringContaining("not closed") });
  });

  it("ends a thread that takes too long, and starts another", async () => {
    const hasty = mammogramReader({ timeoutMilliseconds: 1 });
    await expect(hasty.read(mammogram())).rejects.toMatchObject({ code: "timeout" });
    await expect(hasty.read(mammogram())).rejects.toMatchObject({ code: "timeout" });
    await hasty.dispose();
  });
});

describe("readFrames", () => {
  it("gives the frames of a stack in order", async () => {
    const frame = (value: number) => breastCells({ rows: 24, columns: 16, laterality: "L" }).map((cell) => cell + value);
    const cells = Uint16Array.from([1, 2, 3].flatMap((value) => [...frame(value)]));
    const file = await parseDicom(mammogram({ rows: 24, columns: 16, cells, extra: [[0x00280008, "IS", "3"]] }));
    const found: unknown[] = [];
    for await (const one of readFrames(file)) found.push(one);
    expect(found).toEqual([frame(1), frame(2), frame(3)]);
  });
});
