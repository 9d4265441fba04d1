// Names, exposures, kinds and paddles of a header: what passes, and where each bound lies.
import { describe, expect, it } from "vitest";
import { safeName } from "../src/dicom/header/safeName.ts";
import { parseDicom, readMammoHeader } from "../src/index.ts";
import { type Element, mammogram } from "./writeDicom.ts";

const headerOf = async (...extra: readonly Element[]) => readMammoHeader(await parseDicom(mammogram({ rows: 24, columns: 16, extra })));

describe("safeName", () => {
  it.each([
    "SIEMENS",
    "Siemens Healthineers",
    "HOLOGIC, Inc.",
    "GE MEDICAL SYSTEMS",
    "Selenia Dimensions",
    "Senograph 2000D ADS_54.10",
    "Lorad Selenia 1.8.3",
    "VB60A",
    "Mammomat Inspiration2",
    "12345",
    "ABC12345",
    "",
    "FUJIFILM HD S",
    "Mammomat 3D1",
  ])("lets %s out", (name) => {
    expect(safeName(name)).toBe(name);
  });

  it.each([
    "SIEMENS Jane Doe",
    "Doe^Jane",
    "123456",
    "ABCD12",
    "1.2.840.10008.5.1",
    "SIEMENS_Jane",
    "AWS:MAMMODROC3_22",
    "A12345B.6C7",
    "FILM".repeat(17),
  ])("does not let %s out", (name) => {
    // Nor a hash of it, by which a name could be guessed.
    expect(safeName(name)).toBe("unlisted");
  });

  it("lets 64 characters pass, 65 not", () => {
    const longest = `SOFT ${"HARDER ".repeat(8)}GE`.padEnd(64, " ");
    expect([safeName(longest), safeName(`${longest} `)]).toEqual([longest, "unlisted"]);
    expect(safeName(undefined)).toBeUndefined();
  });

  it("guards maker, model, software and the names of windows", async () => {
    const { device, vois } = await headerOf(
      [0x00080070, "LO", "SIEMENS Jane Doe"],
      [0x00081090, "LO", "Mammomat Inspiration"],
      [0x00181020, "LO", "VB60A"],
      [0x00281055, "LO", "for Jane"],
    );
    expect(device.manufacturer).toBe("unlisted");
    expect([device.model, device.software]).toEqual(["Mammomat Inspiration", "VB60A"]);
    expect(vois[0]!.explanation).toBe("unlisted");
  });
});

describe("exposure", () => {
  it.each<[string, number, string, number]>([
    ["kvp", 0x00180060, "150", 150],
    ["exposure", 0x00181152, "10000", 10_000],
    ["exposure", 0x00181153, "90500", 90.5],
    ["relativeExposure", 0x00181405, "100000", 100_000],
    ["organDose", 0x00400316, "0.0123", 1.23],
    ["organDose", 0x00400316, "10", 1000],
    ["thickness", 0x001811a0, "300", 300],
    ["compressionForce", 0x001811a2, "1000", 1000],
    ["angle", 0x00181510, "-360", -360],
  ])("%s of (%i) %s is %f", async (field, tag, value, expected) => {
    expect((await headerOf([tag, "DS", value])).exposure[field as "kvp"]).toBeCloseTo(expected, 9);
  });

  it.each<[string, number, string]>([
    ["kvp", 0x00180060, "150.1"],
    ["exposure", 0x00181152, "10000.1"],
    ["relativeExposure", 0x00181405, "100001"],
    ["organDose", 0x00400316, "10.01"],
    ["thickness", 0x001811a0, "301"],
    ["compressionForce", 0x001811a2, "1001"],
    ["angle", 0x00181510, "-361"],
    ["kvp", 0x00180060, "Jane"],
  ])("%s of (%i) %s is left out", async (field, tag, value) => {
    expect((await headerOf([tag, "DS", value])).exposure[field as "kvp"]).toBeUndefined();
  });

  it("microampere seconds go before milliampere seconds, which stand in where they are none", async () => {
    expect((await headerOf([0x00181152, "IS", "90"], [0x00181153, "IS", "90500"])).exposure.exposure).toBeCloseTo(90.5, 9);
    expect((await headerOf([0x00181152, "IS", "90"], [0x00181153, "IS", "x"])).exposure.exposure).toBe(90);
  });

  it("anode and filter are terms of the standard or nothing", async () => {
    const { exposure } = await headerOf([0x00181191, "CS", "TUNGSTEN"], [0x00187050, "CS", "JANE"]);
    expect([exposure.anode, exposure.filter]).toEqual(["TUNGSTEN", undefined]);
  });
});

describe("views by paddle and factor", () => {
  it.each<[string, readonly Element[], readonly string[]]>([
    ["a factor of 1.4", [[0x00181114, "DS", "1.4"]], ["magnification"]],
    ["a factor of 1.39", [[0x00181114, "DS", "1.39"]], []],
    ["a paddle MAG", [[0x001811a4, "LO", "mag 10cm"]], ["magnification"]],
    ["a paddle MAGNIFICATION", [[0x001811a4, "LO", "MAGNIFICATION"]], ["magnification"]],
    ["a paddle of MAGENTA", [[0x001811a4, "LO", "MAGENTA"]], []],
    ["a paddle SPOT and a factor", [[0x001811a4, "LO", "SPOT"], [0x00181114, "DS", "1.8"]], ["magnification", "spotCompression"]], // biome-ignore format: one row
    ["a paddle SPOTTED", [[0x001811a4, "LO", "SPOTTED"]], []],
  ])("%s", async (_name, extra, modifiers) => {
    const { view } = await headerOf(...extra);
    expect(view).toEqual({ position: "CC", modifiers, isStandardScreening: modifiers.length === 0 });
  });
});

describe("View Position in other words", () => {
  const viewOf = async (words: string) => {
    const { view, laterality, nonstandard } = await headerOf([0x00185101, "CS", words], [0x00200062, "CS", ""]);
    return { position: view.position, modifiers: view.modifiers, laterality, isNonstandard: nonstandard.includes("ViewPosition") };
  };
  const of = (position: string | undefined, laterality: string | undefined, ...modifiers: readonly string[]) => ({
    ...{ position, laterality, modifiers },
    isNonstandard: position !== undefined,
  });
  it.each<[string, ReturnType<typeof of>]>([
    ["LCC", of("CC", "L")],
    ["RMLO", of("MLO", "R")],
    ["L MLO", of("MLO", "L")],
    ["RIGHT-XCCL", of("XCCL", "R")],
    ["cc left", of("CC", "L")],
    ["MCC", of("CC", undefined, "magnification")],
    ["SML", of("ML", undefined, "spotCompression")],
    ["CC MAG", of("CC", undefined, "magnification")],
    ["R MLO SPOT", of("MLO", "R", "spotCompression")],
    ["CC TAN", of("CC", undefined, "tangential")],
    // The first view counts; a second one, and what is no word of these, is another modifier.
    ["CC MLO", of("CC", undefined, "other")],
    ["MLO AAA", of("MLO", undefined, "other")],
    ["QCC MLO", of("MLO", undefined, "other")],
    ["AAA", of(undefined, undefined)],
    ["L", of(undefined, undefined)],
  ])("%s", async (words, expected) => {
    expect(await viewOf(words)).toEqual(expected);
  });

  it.each(["CC", "MLO", "ml", "X C C L"])("%s is no other word", async (words) => {
    expect((await viewOf(words)).isNonstandard).toBe(false);
  });
});

describe("functional groups", () => {
  const anatomy = (...sides: readonly string[]): Element => [
    ...([0x52009229, "SQ"] as const),
    [[[0x00209071, "SQ", sides.map((side): readonly Element[] => (side ? [[0x00209072, "CS", side]] : []))]]],
  ];
  it.each([
    [["R"], "R"],
    [["R", "L"], "R"],
    [["", "L"], undefined],
  ] as const)("of the items %j of a macro the first counts", async (sides, laterality) => {
    expect((await headerOf(anatomy(...sides), [0x00200062, "CS", ""])).laterality).toBe(laterality);
  });
});

describe("kinds", () => {
  const type = (value: string): Element => [0x00080008, "CS", value];
  it.each<[string, readonly Element[], string]>([
    ["the first value of Image Type decides nothing", [type("TOMO\\PRIMARY")], "plain"],
    ["a series of s-views", [[0x0008103e, "LO", "L CC S-VIEW"]], "synthetic"],
    ["a series by its name inside of a word", [[0x0008103e, "LO", "LOSS-VIEWER"]], "plain"],
    ["a derived image with a place in a stack", [type("DERIVED\\PRIMARY"), [0x00201041, "DS", "12"]], "tomosynthesis-slice"],
    ["an original image with a place", [type("ORIGINAL\\PRIMARY"), [0x00201041, "DS", "12"]], "plain"],
    ["an empty contrast agent", [[0x00180010, "LO", ""]], "plain"],
    ["a contrast agent in an image that says more", [type("ORIGINAL\\PRIMARY\\LOW_ENERGY"), [0x00180010, "LO", "IODINE"]], "low-energy"],
    ["two frames", [[0x00280008, "IS", "2"]], "tomosynthesis"],
    ["one frame", [[0x00280008, "IS", "1"]], "plain"],
  ])("%s", async (_name, extra, kind) => {
    const found = await headerOf(...extra);
    expect([found.kind, found.isSynthetic, found.isTomosynthesis]).toEqual([kind, kind === "synthetic", kind === "tomosynthesis"]);
  });
});

describe("what a header says of itself", () => {
  it("is listed by keyword where it is there and no term", async () => {
    const { unreadable } = await headerOf([0x20500020, "CS", "UPSIDE"], [0x00080068, "CS", "FOR FUN"]);
    expect(unreadable).toEqual(["PresentationLUTShape", "PresentationIntentType"]);
    expect((await headerOf([0x00080068, "CS", "FOR_PROCESSING"])).presentationIntent).toBe("FOR PROCESSING");
  });

  it.each([
    ["a width without a center", "", "4096", true],
    ["a center without a width", "2048", "", true],
    ["one center for two widths", "2048", "4096\\1000", false],
  ])("%s", async (_name, center, width, isUnreadable) => {
    const { unreadable, vois } = await headerOf([0x00281050, "DS", center], [0x00281051, "DS", width]);
    expect([unreadable.includes("WindowCenter"), vois.length]).toEqual([isUnreadable, isUnreadable ? 0 : 1]);
  });

  it.each<[string, Element, object]>([
    ["an implant", [0x00281300, "CS", "YES"], { hasImplant: true }],
    ["no implant", [0x00281300, "CS", "NO"], { hasImplant: false }],
    ["nothing known of implants", [0x00281300, "CS", ""], { hasImplant: undefined }],
    ["a word for implants that is none", [0x00281300, "CS", "MAYBE"], { hasImplant: undefined }],
    ["a partial view", [0x00281350, "CS", "YES"], { isPartialView: true }],
    ["a partial view by its code", [0x00281352, "SQ", [[[0x00080100, "SH", "112179"]]]], { isPartialView: true }],
    ["a whole view", [0x00281350, "CS", "NO"], { isPartialView: false }],
    ["burned-in words", [0x00280301, "CS", "YES"], { hasBurnedInAnnotation: true }],
    ["none burned in", [0x00280301, "CS", "NO"], { hasBurnedInAnnotation: false }],
    ["nothing known of words", [0x00280301, "CS", "MAYBE"], { hasBurnedInAnnotation: undefined }],
    ["a test object", [0x00280300, "CS", "YES"], { isQualityControl: true }],
    ["a linear detector", [0x00281040, "CS", "LIN"], { pixelIntensityRelationship: "LIN" }],
  ])("%s", async (_name, one, expected) => {
    expect(await headerOf(one)).toMatchObject(expected);
  });

  it("is not known where it does not stand there: neither implants nor burned-in words", async () => {
    expect(await headerOf()).toMatchObject({ hasImplant: undefined, hasBurnedInAnnotation: undefined });
  });

  it.each<[string, readonly (readonly [tag: number, value: number])[], boolean]>([
    ["8 bits", [[0x00280100, 8], [0x00280101, 8]], true],
    ["12 bits", [[0x00280100, 12], [0x00280101, 12]], true],
    ["16 bits", [[0x00280100, 16], [0x00280101, 16]], true],
    ["1 bit", [[0x00280100, 1], [0x00280101, 1]], false],
    ["32 bits", [[0x00280100, 32], [0x00280101, 32]], false],
    ["three samples", [[0x00280002, 3]], false],
  ])("a mammogram has one gray value a pixel: %s", async (_name, values, isFitting) => {
    const header = headerOf(...values.map(([tag, value]): Element => [tag, "US", value]));
    if (isFitting) expect((await header).pixel.samplesPerPixel).toBe(1);
    else await expect(header).rejects.toMatchObject({ code: "invalid-attribute", message: expect.stringContaining("monochrome") });
  }); // biome-ignore format: one row each
});
