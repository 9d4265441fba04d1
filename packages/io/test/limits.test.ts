import { describe, expect, it } from "vitest";
import { allTexts } from "../src/dicom/parse/values.ts";
import { type Limits, limitsDefaults, parseDicom, readMammogram } from "../src/index.ts";
import { breastFiles } from "./breastFiles.ts";
import { type Element, encapsulated, mammogram } from "./writeDicom.ts";

const nested = (depth: number): Element => [0x00081140, "SQ", depth === 0 ? [] : [[nested(depth - 1)]]];
const file = mammogram({ extra: [[0x00280008, "IS", "2"], nested(4)], cells: new Uint16Array(2 * 240 * 160).fill(2000) });
const deflated = breastFiles().get("1.2.840.10008.1.2.1.99")!;

/** For each limit a file, and the value that just does not let it pass. */
const cases: { readonly [Name in keyof Limits]: readonly [bytes: Uint8Array, tooLow: number] } = {
  fileBytes: [file, file.length - 1],
  headerBytes: [file, 300],
  valueBytes: [file, 20],
  elements: [file, 12],
  depth: [file, 3],
  inflatedBytes: [deflated, 12_000],
  framePixels: [file, 240 * 160 - 1],
  frames: [file, 1],
};

describe("each limit", () => {
  it.each(Object.entries(cases))("%s is kept", async (name, [bytes, tooLow]) => {
    expect(limitsDefaults).toHaveProperty(name);
    await expect(readMammogram(bytes, { limits: { [name]: tooLow } })).rejects.toMatchObject({ code: "limit-exceeded", offset: expect.any(Number) });
  });

  it("a long text's padding takes linear time to leave out", async () => {
    const blanks = " ".repeat(2 ** 20);
    const { dataSet } = await parseDicom(mammogram({ extra: [[0x00324000, "UT", `${blanks}x${blanks}`]] }));
    const start = performance.now();
    expect(allTexts(dataSet, 0x00324000)).toEqual(["x"]);
    // A quadratic scan takes minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("elements counts fragments too", async () => {
    const pixelElement = encapsulated(...Array.from({ length: 100 }, () => new Uint8Array(8)));
    const bytes = mammogram({ syntax: "1.2.840.10008.1.2.4.70", pixelElement });
    await expect(readMammogram(bytes, { limits: { elements: 60 } })).rejects.toMatchObject({ code: "limit-exceeded" });
    await expect(readMammogram(bytes)).rejects.toMatchObject({ code: "corrupt-pixels" });
  });
});
