// Laterality x view x orientation: which side the chest wall is on, and whether the image stands on its head.
import { describe, expect, it } from "vitest";
import { parseDicom, readMammoHeader } from "../src/index.ts";
import { type Element, type MammogramOptions, mammogram } from "./writeDicom.ts";

const read = async (options: MammogramOptions) => readMammoHeader(await parseDicom(mammogram({ rows: 24, columns: 16, ...options })));

const headerOf = (laterality: string, view: string, orientation: string, ...extra: readonly Element[]) =>
  read({ laterality, view, orientation, extra });

describe("Patient Orientation", () => {
  // Rows and columns as PS3.3 C.8.11.7 wants them, the chest wall at the left or at the right: upright, and on its head.
  it.each<[laterality: string, view: string, upright: string, down: string]>([
    ["L", "CC", "R", "L"],
    ["R", "CC", "L", "R"],
    ["L", "XCCL", "R", "L"],
    ["R", "XCCM", "L", "R"],
    ["L", "CCID", "R", "L"],
    ["L", "MLO", "FR", "HL"],
    ["R", "MLO", "FL", "HR"],
    ["L", "ML", "F", "H"],
    ["R", "LM", "F", "H"],
    ["R", "MLOID", "FL", "HR"],
  ])("%s %s: columns toward %s upright, toward %s on its head", async (laterality, view, upright, down) => {
    for (const [row, side] of [
      ["A", "left"],
      ["P", "right"],
      ["AR", "left"],
      ["PL", "right"],
    ] as const)
      for (const [column, isUpsideDown] of [
        [upright, false],
        [down, true],
      ] as const) {
        const { chestWall, ...header } = await headerOf(laterality, view, `${row}\\${column}`);
        expect([chestWall, header.isUpsideDown], `${row}\\${column}`).toEqual([side, isUpsideDown]);
      }
  });

  it("in small letters says the same", async () => {
    expect(await headerOf("L", "MLO", "a\\hl")).toMatchObject({ chestWall: "left", isUpsideDown: true });
  });

  it.each(["L\\H", "H\\L", "F\\A", "\\H"])("%s says nothing of a breast", async (orientation) => {
    expect(await headerOf("L", "MLO", orientation)).toMatchObject({ chestWall: undefined, isUpsideDown: false });
  });

  const plane = (cosines: string): Element => [0x52009229, "SQ", [[[0x00209116, "SQ", [[[0x00200037, "DS", cosines]]]]]]];
  it.each<[string, "left" | "right" | undefined, boolean]>([
    // x runs to the left, y to the back, z to the head: rows toward the front, columns toward the feet.
    ["0\\-1\\0\\0\\0\\-1", "left", false],
    ["0\\-1\\0\\0\\0\\1", "left", true],
    ["0\\1\\0\\0\\0\\-1", "right", false],
    // Mostly toward the front, a little to the left: the strongest letter leads.
    ["0.3\\-0.95\\0\\0\\0\\-1", "left", false],
    ["0.95\\-0.3\\0\\0\\0\\-1", undefined, false],
    // A twentieth is no direction.
    ["0\\-1\\0.05\\0.6\\0\\-0.8", "left", false],
    ["0\\-1\\0\\0\\0", undefined, false],
    ["0\\-1\\0\\0\\0\\x", undefined, false],
  ])("the plane's cosines %s say it where no letters do", async (cosines, chestWall, isUpsideDown) => {
    const found = await read({ view: "MLO", extra: [plane(cosines)] });
    expect([found.chestWall, found.isUpsideDown]).toEqual([chestWall, isUpsideDown]);
  });

  it("letters of one direction alone go before the plane's", async () => {
    const right = plane("0\\1\\0\\0\\0\\1");
    expect(await headerOf("L", "MLO", "A\\", right)).toMatchObject({ chestWall: "left", isUpsideDown: false });
    expect(await headerOf("L", "MLO", "\\F", right)).toMatchObject({ chestWall: undefined, isUpsideDown: false });
    expect(await read({ view: "MLO", extra: [right] })).toMatchObject({ chestWall: "right", isUpsideDown: true });
  });
});

describe("Image Laterality", () => {
  it.each<[string, string | undefined, "unreadable" | "nonstandard" | undefined]>([
    ["L", "L", undefined],
    ["R", "R", undefined],
    ["l", "L", undefined],
    ["RIGHT", "R", "nonstandard"],
    ["left breast", "L", "nonstandard"],
    ["B", undefined, "unreadable"],
    ["LR", undefined, "unreadable"],
  ])("%s is %s", async (value, laterality, noted) => {
    const header = await headerOf(value, "CC", "A\\R");
    expect(header.laterality).toBe(laterality);
    for (const list of ["unreadable", "nonstandard"] as const) expect(header[list]).toEqual(list === noted ? ["ImageLaterality"] : []);
  });

  it("goes before the series'", async () => {
    expect((await headerOf("L", "CC", "A\\R", [0x00200060, "CS", "R"])).laterality).toBe("L");
    const ofSeries = await read({ without: [0x00200062], extra: [[0x00200060, "CS", "R"]] });
    expect(ofSeries.laterality).toBe("R");
    expect((await headerOf("B", "CC", "A\\R", [0x00200060, "CS", "R"])).laterality).toBe("R");
  });
});
