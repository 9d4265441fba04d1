// Other members of the kinds of ../shared/cases/dicom, made by our own writer: what is there and unreadable is never absent, and nothing is silently something else.
import { describe, expect, it } from "vitest";
import { DicomError, decodeFrame, limitsDefaults, parseDicom, readImagePixel, readMammogram, selectViews } from "../src/index.ts";
import { breastFiles } from "./breastFiles.ts";
import { withOffsets } from "./hostile/codestreams.ts";
import { concat, dataSet, type Element, encapsulated, integers, type MammogramOptions, mammogram, part10 } from "./writeDicom.ts";

const read = (...extra: readonly Element[]) => readMammogram(mammogram({ extra }));
const flagsOf = async (...extra: readonly Element[]): Promise<readonly string[]> => (await read(...extra)).image.flags;
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof DicomError ? error.code : `untyped ${String(error)}`),
  );
const samePixels = (a: Float32Array, b: Float32Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
const plain = async () => (await readMammogram(mammogram())).image.pixels;

describe("numbers that are not written as DICOM says", () => {
  it("a comma in the intercept, in Pixel Spacing and in a window is the point", async () => {
    const { header, image } = await read(
      [0x00281053, "DS", "1,0"],
      [0x00281052, "DS", "-0,5"],
      [0x00281050, "DS", "2047,5"],
      [0x00280030, "DS", "0,25\\0,25"],
    );
    expect(header.modality).toEqual({ kind: "rescale", slope: 1, intercept: -0.5 });
    expect(header.spacing).toMatchObject({ mmPerPixel: [0.25, 0.25], source: "pixel-spacing" });
    expect(image.flags).toContain("nonstandard-attribute");
    expect(samePixels(image.pixels, await plain())).toBe(false);
  });

  it("a text in slope, intercept or magnification is refused by name, with its byte", async () => {
    for (const [tag, vr] of [
      [0x00281053, "DS"],
      [0x00281052, "DS"],
      [0x00181114, "DS"],
    ] as const)
      for (const value of ["N/A", "1.5x", "0x10", "1,2,3", "Infinity", "1e999"])
        expect(await codeOf(read([tag, vr, value])), value).toBe("invalid-attribute");
  });

  it("a text for the number of frames is as many as the pixels are, and refused where those are no whole frames", async () => {
    expect(samePixels((await read([0x00280008, "IS", "1A"])).image.pixels, await plain())).toBe(true);
    expect(await codeOf(readMammogram(mammogram({ cells: new Uint16Array(1.5 * 240 * 160), extra: [[0x00280008, "IS", "2A"]] })))).toBe(
      "invalid-attribute",
    );
  });

  it("a spacing that cannot be read is said where another stands in for it, and refused where none does", async () => {
    expect(await flagsOf([0x00280030, "DS", "wide\\wide"])).toContain("unreadable-attribute");
    expect(await codeOf(read([0x00181164, "DS", "0.5mm\\0.5mm"]))).toBe("invalid-attribute");
  });

  it("an empty or unusable later window costs nothing, the first one is said", async () => {
    expect(samePixels((await read([0x00281050, "DS", "2048\\1e\\900"], [0x00281051, "DS", "4096\\\\200"])).image.pixels, await plain())).toBe(true);
    expect(await flagsOf([0x00281050, "DS", "USER\\2048"], [0x00281051, "DS", "4096\\4096"])).toContain("unreadable-attribute");
    // Thousands or thousandths: no one knows.
    expect(await flagsOf([0x00281050, "DS", "2,048"], [0x00281051, "DS", "4,096"])).toContain("unreadable-attribute");
  });

  it("distances give the magnification only where no factor does", async () => {
    const distances: readonly Element[] = [
      [0x00181110, "DS", "660"],
      [0x00181111, "DS", "400"],
    ];
    expect((await read(...distances)).header.spacing?.magnification).toBeCloseTo(1.65, 12);
    expect((await read(...distances, [0x00181114, "DS", "1.1"])).header.spacing?.magnification).toBe(1.1);
    const { header, image } = await read(...distances, [0x00181114, "DS", "0"]);
    expect(header.spacing?.magnification).toBeCloseTo(1.65, 12);
    expect(image.flags).toContain("unreadable-attribute");
    expect((await read([0x00181110, "DS", "660"], [0x00181111, "DS", "0"])).header.spacing?.magnification).toBe(1);
  });
});

describe("lookup tables", () => {
  const table = (tag: number, descriptor: readonly number[], data: Uint8Array, vr = "OW"): Element => [
    tag,
    "SQ",
    [
      [
        [0x00283002, "US", descriptor],
        [0x00283006, vr, data],
      ],
    ],
  ];
  const words = (...values: readonly number[]): Uint8Array => integers(values, 2);

  it("of which a half is missing are refused for modality, and said for VOI", async () => {
    const half = words(...Array.from({ length: 2048 }, (_, index) => index));
    expect(await codeOf(read(table(0x00283000, [4096, 0, 12], half)))).toBe("invalid-attribute");
    expect(await flagsOf(table(0x00283010, [4096, 0, 12], half))).toContain("unreadable-attribute");
    const file = mammogram({ without: [0x00281050, 0x00281051], extra: [table(0x00283010, [4096, 0, 12], half)] });
    expect(await codeOf(readMammogram(file))).toBe("invalid-attribute");
    expect((await readMammogram(file, { voi: "none" })).image.flags).toContain("intensity-by-percentiles");
  });

  it("of 8 bits as words, a few entries short, are words and not bytes", async () => {
    const ramp = Array.from({ length: 250 }, (_, index) => index);
    const { header } = await read(table(0x00283010, [256, 0, 8], words(...ramp)));
    expect(header.vois[0]).toMatchObject({ kind: "lut", data: Uint16Array.from(ramp) });
    expect(header.unreadable).toContain("VOILUTSequence");
  });

  it("with an entry above the declared bits end at 1", async () => {
    const { image, header } = await read(
      table(0x00283010, [4096, 0, 12], words(...Array.from({ length: 4096 }, (_, index) => (index === 2000 ? 60_000 : index)))),
    );
    expect(image.pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(header.unreadable).toContain("VOILUTSequence");
  });
});

describe("views and kinds", () => {
  const item = (...elements: readonly Element[]): Value => [elements];
  type Value = Element[2];
  const view = (...elements: readonly Element[]): Element => [0x00540220, "SQ", item(...elements)];

  it.each([
    ["RMLO", "MLO", []],
    ["L MLO", "MLO", []],
    ["MLO_L", "MLO", []],
    ["MCC", "CC", ["magnification"]],
    ["CC SPOT", "CC", ["spotCompression"]],
    ["Craniocaudal", "CC", []],
    ["LML", "ML", []],
  ])("View Position %s is %s, and said", async (value, position, modifiers) => {
    const { header, image } = await read([0x00185101, "CS", value]);
    expect(header.view).toMatchObject({ position, modifiers });
    expect(image.flags).toContain("nonstandard-attribute");
  });

  it("a breast that only View Position names is read from there", async () => {
    const { header } = await readMammogram(mammogram({ laterality: "R", without: [0x00200062], extra: [[0x00185101, "CS", "RCC"]] }));
    expect(header.laterality).toBe("R");
  });

  it("reads the other retired code, meanings of modifiers, and says codes that it does not know", async () => {
    expect((await read(view([0x00080100, "SH", "Y-X1771"]))).header.view.position).toBe("XCCM");
    expect((await read(view([0x00080104, "LO", "Medio-Lateral Oblique"]))).header.view).toMatchObject({ position: "MLO", isStandardScreening: true });
    const spot = await read(view([0x00080100, "SH", "R-10242"]), [0x00540222, "SQ", item([0x00080104, "LO", "Spot Compression"])]);
    expect(spot.header.view).toEqual({ position: "CC", modifiers: ["spotCompression"], isStandardScreening: false });
    const unknown = await read(view([0x00080100, "SH", "99-NEW"]));
    expect(unknown.header.view).toEqual({ position: "CC", modifiers: [], isStandardScreening: false });
    expect(unknown.image.flags).toContain("unreadable-attribute");
  });

  it("knows magnification and spot views from the paddle and the factor", async () => {
    expect((await read([0x001811a4, "LO", "10CM MAG"])).header.view).toMatchObject({ modifiers: ["magnification"], isStandardScreening: false });
    expect((await read([0x001811a4, "LO", "SPOT CONTACT"])).header.view.modifiers).toEqual(["spotCompression"]);
    expect((await read([0x001811a4, "LO", "24X29 SLIDING"])).header.view.isStandardScreening).toBe(true);
    expect((await read([0x00181114, "DS", "1.8"])).header.view.modifiers).toEqual(["magnification"]);
  });

  it.each([
    ["ORIGINAL\\PRIMARY\\STEREO_PLUS", "stereotactic"],
    ["DERIVED\\PRIMARY\\\\RECOMBINED", "subtracted"],
    ["DERIVED\\PRIMARY\\SUBTRACTION", "subtracted"],
    ["ORIGINAL\\PRIMARY\\\\LOW_ENERGY", "low-energy"],
    ["original\\primary\\\\high_energy", "high-energy"],
    ["DERIVED\\PRIMARY\\TOMOSYNTHESIS\\NONE", "tomosynthesis-slice"],
    ["DERIVED\\PRIMARY\\TOMO\\GENERATED_2D\\150000", "synthetic"],
    ["DERIVED\\PRIMARY\\TOMO_2D", "synthetic"],
    ["ORIGINAL\\PRIMARY\\TOMO_SCOUT", "tomosynthesis-projection"],
    ["ORIGINAL\\PRIMARY\\LEFT", "plain"],
  ])("Image Type %s is %s", async (value, kind) => {
    const { header, image } = await read([0x00080008, "CS", value]);
    expect(header.kind).toBe(kind);
    expect(image.flags.includes("non-screening-view")).toBe(!["plain", "synthetic"].includes(kind));
  });

  it("also from the volume, an agent, the class of projections", async () => {
    expect((await read([0x00089206, "CS", "VOLUME"])).header.kind).toBe("tomosynthesis-slice");
    expect((await read([0x00180010, "LO", "IODINE"])).header.kind).toBe("contrast");
    expect((await readMammogram(mammogram({ sopClass: "1.2.840.10008.5.1.4.1.1.13.1.4" }))).header.kind).toBe("tomosynthesis-projection");
  });

  it("prefers no odd kind to a plain view, says each that leaves, and keeps low energy where nothing else is", async () => {
    const image = async (order: number, type: string) => ({ header: (await read([0x00080008, "CS", type])).header, order });
    const [real, low, stereo] = [
      await image(0, "ORIGINAL\\PRIMARY"),
      await image(1, "ORIGINAL\\PRIMARY\\LOW_ENERGY"),
      await image(2, "ORIGINAL\\PRIMARY\\STEREO_SCOUT"),
    ];
    expect(selectViews([real, low, stereo], { repeated: "latest" })).toMatchObject({
      kept: [real],
      leftOut: [
        { image: stereo, rule: "kind", instead: [real] },
        { image: low, rule: "kind", instead: [real] },
      ],
    });
    expect(selectViews([low, stereo]).kept).toEqual([low]);
    expect(selectViews([real, low, stereo], { kind: "all", repeated: "latest" }).kept).toEqual([real]);
  });
});

describe("elements", () => {
  const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
  /** A file with raw bytes behind its last header element and before its pixels. */
  const withBytes = (raw: Uint8Array, options: MammogramOptions = {}): Uint8Array => {
    const whole = mammogram(options);
    const at = Buffer.from(whole).indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0]));
    return concat(whole.subarray(0, at), raw, whole.subarray(at));
  };
  const tag = (group: number, element: number): Uint8Array => integers([group, element], 2);

  it.each([
    [
      "an unknown value representation of the long form",
      concat(tag(0x29, 0x1001), letters("ZZ"), new Uint8Array(2), integers([4], 4), letters("text")),
    ],
    ["an unknown value representation of the short form", concat(tag(0x29, 0x1001), letters("zz"), integers([4], 2), letters("text"))],
    ["OB of the short form is not mended, but an implicit neighbour of it is", concat(tag(0x29, 0x1001), integers([6], 4), letters("words!"))],
    ["a delimiter of an item at the root", concat(tag(0xfffe, 0xe00d), integers([0], 4))],
    ["a private sequence of noise", concat(tag(0x29, 0x1001), letters("SQ"), new Uint8Array(2), integers([6], 4), letters("noise!"))],
    [
      "a private sequence with a broken item",
      concat(tag(0x29, 0x1001), letters("SQ"), new Uint8Array(2), integers([12], 4), tag(0xfffe, 0xe000), integers([90], 4), letters("ends")),
    ],
    [
      "UN that opens like an item and is none",
      concat(tag(0x29, 0x1001), letters("UN"), new Uint8Array(2), integers([10], 4), tag(0xfffe, 0xe000), integers([99], 4), letters("xx")),
    ],
  ])("%s costs nothing", async (_name, raw) => {
    expect(samePixels((await readMammogram(withBytes(raw))).image.pixels, await plain())).toBe(true);
  });

  it("a broken sequence that matters is refused", async () => {
    const broken = concat(tag(0x54, 0x0220), letters("SQ"), new Uint8Array(2), integers([8], 4), letters("no items"));
    expect(await codeOf(readMammogram(withBytes(broken)))).toBe("invalid-structure");
  });

  it("items of implicit encoding in an explicit file, and explicit ones in UN, are read", async () => {
    const code: Element = [0x00080100, "SH", "R-10226"];
    for (const [vr, explicit] of [
      ["SQ", false],
      ["UN", true],
      ["UN", false],
    ] as const) {
      const body = dataSet([code], { explicit, littleEndian: true });
      const sequence = concat(tag(0xfffe, 0xe000), integers([body.length], 4), body);
      const raw = concat(tag(0x54, 0x0220), letters(vr), new Uint8Array(2), integers([sequence.length], 4), sequence);
      expect((await readMammogram(withBytes(raw))).header.view.position, `${vr} ${explicit}`).toBe("MLO");
    }
  });

  it("an explicit data set under the implicit syntax is read, also where its first length would fit", async () => {
    const body = mammogram();
    const at = Buffer.from(body).indexOf(Buffer.from([8, 0, 0x16, 0, 0x55, 0x49]));
    expect(samePixels((await readMammogram(part10("1.2.840.10008.1.2", body.subarray(at)))).image.pixels, await plain())).toBe(true);
  });

  it("Rows and Columns as UL, IS or US are one number, in either byte order", async () => {
    for (const syntax of ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"]) {
      const long = (value: number): Uint8Array => integers([value], 4, syntax.endsWith("1"));
      const extra: readonly Element[] = [
        [0x00280010, "UL", long(240)],
        [0x00280011, "IS", "160"],
      ];
      expect(samePixels((await readMammogram(mammogram({ syntax, extra }))).image.pixels, await plain()), syntax).toBe(true);
    }
  });
});

describe("pixels", () => {
  const jpegLossless = "1.2.840.10008.1.2.4.70";
  const codestreamOf = async (syntax: string): Promise<Uint8Array> => {
    const file = await parseDicom(breastFiles().get(syntax)!);
    const [, fragment] = file.dataSet.elements.get(0x7fe00010)!.fragments!;
    return (await file.source.read(fragment!.offset, fragment!.offset + fragment!.length)).slice();
  };
  const small = { rows: 96, columns: 64, mm: 1.25, cells: new Uint16Array(0) } as const;

  it("of every codestream are read under the syntax of every other, and said", async () => {
    const syntaxes = ["1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.5"];
    const expected = (await readMammogram(breastFiles().get(jpegLossless)!)).image.pixels;
    for (const [index, syntax] of syntaxes.entries()) {
      const other = syntaxes[(index + 1) % syntaxes.length]!;
      const { image } = await readMammogram(mammogram({ ...small, syntax: other, pixelElement: encapsulated(await codestreamOf(syntax)) }));
      expect(samePixels(image.pixels, expected), `${syntax} as ${other}`).toBe(true);
      expect(image.flags).toContain("codestream-mismatch");
    }
  });

  it("of a codestream that no codec at hand reads are refused by one sentence that names both", async () => {
    const { codecs } = await import("../src/index.ts");
    const file = mammogram({ ...small, syntax: jpegLossless, pixelElement: encapsulated(await codestreamOf("1.2.840.10008.1.2.4.80")) });
    const reading = readMammogram(file, { codecs: codecs.filter(({ name }) => name !== "jpeg-ls") });
    await expect(reading).rejects.toMatchObject({ code: "unsupported-transfer-syntax", message: expect.stringMatching(/jpeg-lossless.*JPEG-LS/) });
  });

  it.each([
    ["a short offset table", [0]],
    ["a table that points between fragments", [0, 5, 9]],
    ["a table that runs backwards", [900, 500, 0]],
  ])("of frames in pieces with %s are the frames of the codestreams", async (_name, offsets) => {
    const codestream = await codestreamOf(jpegLossless);
    const frames = [1, 2, 3].map((mark) => concat(codestream, new Uint8Array(10).fill(mark)));
    const pieces = frames.flatMap((frame, index) => [frame.slice(0, 300 + index), frame.slice(300 + index)]);
    const extra: readonly Element[] = [[0x00280008, "IS", "3"]];
    const file = await parseDicom(mammogram({ ...small, syntax: jpegLossless, extra, pixelElement: withOffsets(offsets, ...pieces) }));
    const pixel = readImagePixel(file.dataSet, limitsDefaults);
    const expected = await decodeFrame(await parseDicom(breastFiles().get(jpegLossless)!), { ...pixel, frames: 1 });
    for (const frame of [0, 1, 2]) expect(await decodeFrame(file, pixel, { frame })).toEqual(expected);
  });

  it("are padding where their cell is the padding value, also beyond the stored bits", async () => {
    const cells = new Uint16Array(240 * 160).map((_, index) => (index % 160 < 80 ? 2000 : index % 160 < 90 ? 0xf830 : 100));
    const { image } = await readMammogram(mammogram({ cells, extra: [[0x00280120, "US", 0xf830]] }));
    expect(image.pixels.every((value) => value < 0.5)).toBe(true);
  });
});
