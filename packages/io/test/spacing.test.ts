// What a header says of lengths: which spacing counts, what divides it, and where each bound lies.
import { describe, expect, it } from "vitest";
import { parseDicom, readMammogram, readMammoHeader } from "../src/index.ts";
import { type Element, mammogram } from "./writeDicom.ts";

const spacingOf = async (...extra: readonly Element[]) => {
  const { spacing, unreadable, nonstandard } = readMammoHeader(await parseDicom(mammogram({ rows: 24, columns: 16, without: [0x00181164], extra })));
  return { spacing, unreadable, nonstandard };
};
const pixel = (value: string): Element => [0x00280030, "DS", value];
const imager = (value: string): Element => [0x00181164, "DS", value];
const factor = (value: string): Element => [0x00181114, "DS", value];
const distances = (detector: string, patient: string): readonly Element[] => [
  [0x00181110, "DS", detector],
  [0x00181111, "DS", patient],
];

describe("spacing", () => {
  it.each<[string, readonly Element[], readonly [number, number], string, number]>([
    ["Pixel Spacing alone is calibrated", [pixel("0.2\\0.3")], [0.2, 0.3], "pixel-spacing", 1],
    ["another Pixel Spacing than the imager's is calibrated", [pixel("0.05\\0.05"), imager("0.1\\0.1")], [0.05, 0.05], "pixel-spacing", 1],
    ["it is, too, where only the row differs", [pixel("0.05\\0.1"), imager("0.1\\0.1")], [0.05, 0.1], "pixel-spacing", 1],
    ["or only the column", [pixel("0.1\\0.05"), imager("0.1\\0.1")], [0.1, 0.05], "pixel-spacing", 1],
    [
      "the same Pixel Spacing as the imager's is the detector's",
      [pixel("0.18\\0.18"), imager("0.18\\0.18"), factor("1.8")],
      [0.18 / 1.8, 0.18 / 1.8],
      "imager-pixel-spacing",
      1.8,
    ],
    ["the factor divides row and column, each its own", [imager("0.18\\0.36"), factor("1.8")], [0.18 / 1.8, 0.36 / 1.8], "imager-pixel-spacing", 1.8],
    ["a film's scanner comes last", [[0x00182010, "DS", "0.05\\0.06"]], [0.05, 0.06], "nominal-scanned-pixel-spacing", 1],
    ["one number is both", [imager("0.1")], [0.1, 0.1], "imager-pixel-spacing", 1],
    ["almost 100 mm is a spacing", [imager("99.9\\99.9")], [99.9, 99.9], "imager-pixel-spacing", 1],
  ])("%s", async (_name, extra, mmPerPixel, source, magnification) => {
    const { spacing, unreadable } = await spacingOf(...extra);
    expect(spacing).toEqual({ mmPerPixel, source, magnification });
    expect(unreadable).toEqual([]);
  });

  it.each(["0\\0.1", "0.1\\0", "-0.1\\0.1", "0.1\\-0.1", "100\\0.1", "0.1\\100", "a\\0.1", "0.1\\b"])("%s is none, and is said", async (value) => {
    expect(await spacingOf(imager(value))).toEqual({ spacing: undefined, unreadable: ["ImagerPixelSpacing"], nonstandard: [] });
    expect(await spacingOf(pixel(value), imager("0.1\\0.1"))).toMatchObject({
      spacing: { source: "imager-pixel-spacing" },
      unreadable: ["PixelSpacing"],
    });
  });

  it("nothing at all is none, and nothing is said", async () => {
    expect(await spacingOf()).toEqual({ spacing: undefined, unreadable: [], nonstandard: [] });
  });

  it("a decimal comma is read and said, in the spacing and in the factor", async () => {
    expect(await spacingOf(imager("0,1\\0,2"))).toMatchObject({ spacing: { mmPerPixel: [0.1, 0.2] }, nonstandard: ["ImagerPixelSpacing"] });
    expect(await spacingOf(imager("0.1\\0.2"))).toMatchObject({ nonstandard: [] });
    const { spacing, nonstandard } = await spacingOf(imager("0.1\\0.1"), factor("1,25"));
    expect([spacing!.magnification, nonstandard]).toEqual([1.25, ["EstimatedRadiographicMagnificationFactor"]]);
  });
});

describe("magnification", () => {
  it.each<[string, readonly Element[], number, readonly string[]]>([
    ["0.5 is the least factor", [factor("0.5")], 0.5, []],
    ["10 is the largest", [factor("10")], 10, []],
    ["0.1 is none", [factor("0.1")], 1, ["EstimatedRadiographicMagnificationFactor"]],
    ["0.49 is none", [factor("0.49")], 1, ["EstimatedRadiographicMagnificationFactor"]],
    ["10.1 is none", [factor("10.1")], 1, ["EstimatedRadiographicMagnificationFactor"]],
    ["20 is none, and the distances stand in", [factor("20"), ...distances("600", "400")], 1.5, ["EstimatedRadiographicMagnificationFactor"]],
    ["distances make a factor", distances("660", "600"), 1.1, []],
    ["the same distance is contact", distances("650", "650"), 1, []],
    ["ten times the distance is a factor", distances("1000", "100"), 10, []],
    ["more is none", distances("1010", "100"), 1, ["DistanceSourceToPatient"]],
    ["a patient behind the detector is none", distances("600", "650"), 1, ["DistanceSourceToPatient"]],
    ["0 leaves the patient's distance open", distances("600", "0"), 1, []],
    ["0 leaves the detector's distance open", distances("0", "600"), 1, []],
    ["one distance alone says nothing", [[0x00181110, "DS", "600"]], 1, []],
  ])("%s", async (_name, extra, magnification, unreadable) => {
    const found = await spacingOf(imager("0.1\\0.1"), ...extra);
    expect(found.spacing!.magnification).toBeCloseTo(magnification, 12);
    expect(found.spacing!.mmPerPixel[0]).toBeCloseTo(0.1 / magnification, 12);
    expect(found.unreadable).toEqual(unreadable);
  });

  it("that is no number is refused, unless nothing needs it", async () => {
    await expect(spacingOf(imager("0.1\\0.1"), factor("x"))).rejects.toMatchObject({ code: "invalid-attribute" });
    expect((await spacingOf(pixel("0.1\\0.1"), factor("x"))).spacing).toMatchObject({ source: "pixel-spacing", magnification: 1 });
  });
});

describe("lengths in mm survive pixels that are not square", () => {
  it.each([
    { row: 0.5, column: 0.25 },
    { row: 0.25, column: 0.5 },
  ])("of $row x $column mm", async ({ row, column }) => {
    // A breast of 60 mm by 30 mm from the chest wall, in a picture of 90 x 50 mm.
    const [rows, columns] = [90 / row, 50 / column];
    const cells = Uint16Array.from({ length: rows * columns }, (_, at) => {
      const [y, x] = [(Math.floor(at / columns) + 0.5) * row - 45, ((at % columns) + 0.5) * column];
      return (y / 30) ** 2 + (x / 30) ** 2 < 1 ? 2000 : 100;
    });
    const { image } = await readMammogram(mammogram({ rows, columns, cells, extra: [imager(`${row}\\${column}`)] }));
    expect(image.source.mmPerPixel).toEqual([row, column]);
    const { top, bottom, right } = image.breast;
    expect(Math.abs((bottom - top) * 0.25 - 60)).toBeLessThan(1.5);
    expect(Math.abs(right * 0.25 - 30)).toBeLessThan(1);
    const [a, b, , d, e] = image.toSource;
    expect([a, b, d, e]).toEqual([0.25 / row, 0, 0, 0.25 / column]);
  });
});
