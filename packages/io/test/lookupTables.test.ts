// Tables, windows, bits and padding of a header -> brightness: the boundaries of each.
import { assert, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { lookUp } from "../src/dicom/intensity/lut.ts";
import { applyVoi } from "../src/dicom/intensity/voi.ts";
import { intensityLut, parseDicom, readMammoHeader } from "../src/index.ts";
import { type Element, mammogram } from "./writeDicom.ts";

const headerOf = async (...extra: readonly Element[]) => readMammoHeader(await parseDicom(mammogram({ rows: 24, columns: 16, extra })));
const table = (tag: number, descriptor: readonly number[], data: Uint8Array | Uint16Array): Element => [
  tag,
  "SQ",
  [
    [
      [0x00283002, "US", descriptor],
      [0x00283006, "OW", data],
    ],
  ],
];
const ramp = (count: number) => Uint16Array.from({ length: count }, (_, index) => index);
const [modality, voi] = [0x00283000, 0x00283010];

describe("a table's descriptor", () => {
  it("0 entries are 65,536", async () => {
    const { modality: found, vois, unreadable } = await headerOf(table(modality, [0, 0, 16], ramp(65536)), table(voi, [0, 0, 16], ramp(65536)));
    expect(found).toMatchObject({ kind: "lut", firstMapped: 0, bits: 16 });
    expect(found.kind === "lut" && found.data.length).toBe(65536);
    expect(vois[0]!.kind === "lut" && [vois[0]!.data.length, vois[0]!.data[65535]]).toEqual([65536, 65535]);
    expect(unreadable).toEqual([]);
  });

  it("the first value of a VOI table is signed where the modality's values can be negative, and only there", async () => {
    const first = async (...extra: readonly Element[]) => {
      const [found] = (await headerOf(table(voi, [16, 0xfff0, 4], ramp(16)), ...extra)).vois;
      return found!.kind === "lut" ? found!.firstMapped : undefined;
    };
    const [signed, intercept] = [[0x00280103, "US", 1] as const, (value: string) => [0x00281052, "DS", value] as const];
    expect(await first()).toBe(65520);
    expect(await first(signed)).toBe(-16);
    expect(await first(intercept("-1"))).toBe(-16);
    expect(await first(intercept("0"))).toBe(65520);
    expect(await first(intercept("1"))).toBe(65520);
    // Behind a modality table values are entries, never negative.
    expect(await first(signed, table(modality, [16, 0, 4], ramp(16)))).toBe(65520);
  });

  it("the first value of a modality table is signed where the pixels are", async () => {
    for (const [representation, firstMapped] of [
      [0, 65535],
      [1, -1],
    ] as const) {
      const { modality: found } = await headerOf(table(modality, [16, 0xffff, 4], ramp(16)), [0x00280103, "US", representation]);
      expect(found).toMatchObject({ firstMapped });
    }
  });

  it.each([
    ["an even number of bytes", 256, 256],
    ["an odd number of bytes and one of padding", 255, 256],
    ["an eighth of its bytes missing", 256, 224],
  ])("8 bits, %s: bytes", async (_name, entries, length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index < entries ? 255 - (index % 256) : 0));
    const [found] = (await headerOf(table(voi, [entries, 0, 8], bytes))).vois;
    expect(found!.kind === "lut" && [...found!.data]).toEqual([...bytes.subarray(0, entries)]);
  });

  it("8 bits in as many words: words", async () => {
    const [found] = (await headerOf(table(voi, [256, 0, 8], ramp(256)))).vois;
    expect(found!.kind === "lut" && [...found!.data]).toEqual([...ramp(256)]);
  });

  it.each([
    [0, "undefined"],
    [1, "read"],
    [16, "read"],
    [17, "undefined"],
  ])("of %i bits: %s", async (bits, outcome) => {
    const { vois, unreadable } = await headerOf(table(voi, [16, 0, bits], new Uint16Array(16)));
    expect(vois.map(({ kind }) => kind)).toEqual(outcome === "read" ? ["lut", "window"] : ["window"]);
    expect(unreadable).toEqual(outcome === "read" ? [] : ["VOILUTSequence"]);
  });

  it("more than 8 bits in as many bytes are no table", async () => {
    const found = async (bits: number) => (await headerOf(table(voi, [256, 0, bits], new Uint8Array(256)))).vois[0]!.kind;
    expect([await found(8), await found(9)]).toEqual(["lut", "window"]);
  });

  it.each<[string, readonly Element[]]>([
    ["of one number", [[0x00283002, "US", [16]], [0x00283006, "OW", ramp(16)]]], // biome-ignore format: one row each
    ["of two numbers", [[0x00283002, "US", [16, 0]], [0x00283006, "OW", ramp(16)]]], // biome-ignore format: one row each
    ["without data", [[0x00283002, "US", [16, 0, 4]]]],
    ["alone missing", [[0x00283006, "OW", ramp(16)]]],
    ["with items for data", [[0x00283002, "US", [16, 0, 4]], [0x00283006, "SQ", [[]]]]], // biome-ignore format: one row each
  ])("%s is no table", async (_name, item) => {
    const { vois, unreadable } = await headerOf([voi, "SQ", [item]]);
    expect([vois.map(({ kind }) => kind), unreadable]).toEqual([["window"], ["VOILUTSequence"]]);
  });

  it("an eighth of its entries may be missing, and is said; more is no table", async () => {
    const found = async (length: number) => {
      const { vois, unreadable } = await headerOf(table(voi, [64, 0, 12], ramp(length)));
      return [vois[0]!.kind === "lut" ? vois[0]!.data.length : 0, unreadable];
    };
    expect(await found(64)).toEqual([64, []]);
    expect(await found(80)).toEqual([64, []]);
    expect(await found(56)).toEqual([56, ["VOILUTSequence"]]);
    expect(await found(55)).toEqual([0, ["VOILUTSequence"]]);
  });

  it("a sixteenth of a VOI table may lie above its bits, and is cut there; more is no table, and modality values are what they are", async () => {
    const with12Bits = (above: number) => Uint16Array.from({ length: 64 }, (_, index) => (index < above ? 5000 : 4095));
    const found = async (above: number) => {
      const { vois, unreadable } = await headerOf(table(voi, [64, 0, 12], with12Bits(above)));
      return [vois[0]!.kind === "lut" ? Math.max(...vois[0]!.data) : 0, unreadable];
    };
    expect(await found(0)).toEqual([4095, []]);
    expect(await found(4)).toEqual([4095, ["VOILUTSequence"]]);
    expect(await found(5)).toEqual([0, ["VOILUTSequence"]]);
    expect((await headerOf(table(modality, [64, 0, 12], with12Bits(64)))).modality).toMatchObject({ data: new Uint16Array(64).fill(5000) });
  });
});

describe("windows", () => {
  const windows = async (center: string, width: string, shape?: string) => {
    const extra: Element[] = [
      [0x00281050, "DS", center],
      [0x00281051, "DS", width],
    ];
    if (shape) extra.push([0x00281056, "CS", shape]);
    const { vois, unreadable } = await headerOf(...extra);
    return { vois, unreadable };
  };

  it.each<[string, string | undefined, boolean]>([
    ["1", undefined, true],
    ["0.99", undefined, false],
    ["0", undefined, false],
    ["0.5", "LINEAR_EXACT", true],
    ["0.5", "SIGMOID", true],
    ["0", "SIGMOID", false],
    ["-5", "LINEAR_EXACT", false],
  ])("a width of %s with %s: %s", async (width, shape, isWindow) => {
    const { vois, unreadable } = await windows("100", width, shape);
    expect(vois).toHaveLength(isWindow ? 1 : 0);
    expect(unreadable).toEqual(isWindow ? [] : ["WindowCenter"]);
  });

  it("keep their explanations, tables first", async () => {
    const { vois } = await headerOf(
      table(voi, [16, 0, 4], ramp(16)),
      [0x00281050, "DS", "100\\200"],
      [0x00281051, "DS", "50\\60"],
      [0x00281055, "LO", "NORMAL\\HARDER"],
    );
    expect(vois.map((one) => [one.kind, one.explanation])).toEqual([
      ["lut", undefined],
      ["window", "NORMAL"],
      ["window", "HARDER"],
    ]);
    expect(vois[2]).toMatchObject({ center: 200, width: 60, function: "LINEAR" });
  });

  it("a function that DICOM does not have is LINEAR, and said", async () => {
    const { vois, unreadable } = await windows("100", "50", "CUBIC");
    expect([vois[0], unreadable]).toEqual([{ kind: "window", center: 100, width: 50, function: "LINEAR" }, ["VOILUTFunction"]]);
    expect((await windows("100", "50", "LINEAR")).unreadable).toEqual([]);
  });

  it.each([
    ["2,048", false],
    ["2,04", true],
    ["2,0480", true],
    ["0,048", true],
    ["1234,567", true],
    ["-2,048", false],
  ])("a center of %s is a number: %s", async (center, isNumber) => {
    expect((await windows(center, "4096")).vois).toHaveLength(isNumber ? 1 : 0);
  });
});

describe("applyVoi (PS3.3 C.11.2.1.2)", () => {
  const linear = { kind: "window", center: 100, width: 51, function: "LINEAR" } as const;
  it("LINEAR runs from center - 0.5 - (width - 1) / 2 to center - 0.5 + (width - 1) / 2", () => {
    expect([74, 74.5, 99.5, 124.5, 125, 112].map((value) => applyVoi(linear, value))).toEqual([0, 0, 0.5, 1, 1, 0.75]);
  });

  it("LINEAR of width 1 is a threshold: at most center - 0.5 is black", () => {
    const step = { ...linear, width: 1 };
    expect([99, 99.5, 99.6].map((value) => applyVoi(step, value))).toEqual([0, 0, 1]);
    expect([99, 99.5, 100].map((value) => applyVoi({ ...linear, width: 2 }, value))).toEqual([0, 0.5, 1]);
  });

  it("LINEAR_EXACT runs from center - width / 2 to center + width / 2", () => {
    const exact = { ...linear, width: 50, function: "LINEAR_EXACT" } as const;
    expect([74, 75, 100, 125, 126, 87.5].map((value) => applyVoi(exact, value))).toEqual([0, 0, 0.5, 1, 1, 0.25]);
  });

  it("SIGMOID is 1 / (1 + exp(-4 (x - c) / w))", () => {
    const sigmoid = { ...linear, function: "SIGMOID" } as const;
    expect(applyVoi(sigmoid, 100)).toBe(0.5);
    expect(applyVoi(sigmoid, 120)).toBeCloseTo(1 / (1 + Math.exp(-80 / 51)), 14);
  });

  it("a table gives its entries in parts of what its bits hold", () => {
    const lut = { kind: "lut", firstMapped: 10, bits: 4, data: Uint16Array.of(0, 3, 15, 20) } as const;
    expect([9, 10, 11, 12, 13, 99].map((value) => applyVoi(lut, value))).toEqual([0, 0, 0.2, 1, 1, 1]);
  });
});

it("lookUp: below the first mapped value the first entry, beyond the last the last, between values the one toward zero", () => {
  const lut = { firstMapped: -2, bits: 8, data: Uint16Array.of(1, 2, 3, 4) };
  expect([-9, -3, -2, -1.5, -1, 0, 0.9, 1, 2, 50].map((value) => lookUp(lut, value))).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 4, 4]);
});

describe("intensityLut", () => {
  const identity = { kind: "rescale", slope: 1, intercept: 0 } as const;
  const plain = { modality: identity, voi: undefined, isInverted: false };
  const pixelOf = (bitsStored: number, highBit = bitsStored - 1, isSigned = false, bitsAllocated: 8 | 16 = 16) => ({
    ...({ rows: 1, columns: 1, frames: 1, samplesPerPixel: 1, photometricInterpretation: "MONOCHROME2", planarConfiguration: 0 } as const),
    ...{ bitsAllocated, bitsStored, highBit, isSigned },
  });
  const window = { kind: "window", center: 8, width: 17, function: "LINEAR" } as const;

  it("without a VOI is a ramp from the least value that the bits hold to the largest", () => {
    expect([...intensityLut(pixelOf(8, 7, false, 8), plain)].map((light) => Math.round(255 * light))).toEqual([...ramp(256)]);
    const signed = intensityLut(pixelOf(8, 7, true, 8), plain);
    expect([signed[128], signed[0], signed[127]].map((light) => Math.round(255 * light!))).toEqual([0, 128, 255]);
    // A falling rescale turns the ramp; one that is level leaves nothing to see.
    expect(intensityLut(pixelOf(8, 7, false, 8), { ...plain, modality: { ...identity, slope: -2, intercept: 7 } })[0]).toBe(1);
    expect(
      Math.max(...intensityLut(pixelOf(8, 7, false, 8), { ...plain, modality: { kind: "lut", firstMapped: 0, bits: 8, data: Uint16Array.of(9) } })),
    ).toBe(0);
  });

  it("the negative logarithm turns counts round, and takes 0 as 1", () => {
    const lut = intensityLut(pixelOf(8, 7, false, 8), { ...plain, negativeLog: true });
    expect([lut[0], lut[1], lut[255]]).toEqual([1, 1, 0]);
    expect(lut[16]).toBeCloseTo(0.5, 2);
  });

  it("inversion is 1 less the light, and padding is black all the same", () => {
    const lut = intensityLut(pixelOf(8, 7, false, 8), { ...plain, isInverted: true, padding: [3, 5] });
    expect([2, 3, 4, 5, 6].map((value) => Math.round(255 * lut[value]!))).toEqual([253, 0, 0, 0, 249]);
  });

  it("padding of the least value, and of 0, where black is bright", () => {
    const signed = intensityLut(pixelOf(12, 11, true, 16), { ...plain, isInverted: true, voi: window, padding: [-2048, -2048] });
    expect([-2048, -2047].map((value) => signed[value & 0xfff])).toEqual([0, 1]);
    const unsigned = intensityLut(pixelOf(8, 7, false, 8), { ...plain, isInverted: true, padding: [0, 0] });
    expect([0, 1].map((value) => Math.round(255 * unsigned[value]!))).toEqual([0, 254]);
  });

  it("padding of signed values, also in what a cell has beyond the stored bits", () => {
    const lut = intensityLut(pixelOf(12, 11, true), { ...plain, voi: { ...window, center: 0, width: 9 }, padding: [-32768, -2047] });
    expect([-2049, -2048, -2047, -2046].map((value) => lut[value & 0xfff])).toEqual([1, 0, 0, 0]);
    expect([lut[0x8000], lut[-2047 & 0xffff]]).toEqual([0, 0]);
    const unsigned = intensityLut(pixelOf(12), { ...plain, isInverted: true, voi: window, padding: [65535, 65535] });
    expect([unsigned[65535], unsigned[65534], unsigned[4095]]).toEqual([0, 0, 0]);
    const bright = intensityLut(pixelOf(12), { ...plain, voi: window, padding: [65535, 65535] });
    expect([bright[65535], bright[65534], bright[4095]]).toEqual([0, 1, 1]);
  });

  it("bits above the stored ones are dropped, and the same bits higher up give the same brightness", () => {
    assert(
      property(
        record({ bits: integer({ min: 2, max: 12 }), shift: integer({ min: 1, max: 4 }), cell: integer({ min: 0, max: 65535 }) }),
        ({ bits, shift, cell }) => {
          for (const isSigned of [false, true]) {
            const low = intensityLut(pixelOf(bits, bits - 1, isSigned), { ...plain, voi: window });
            const high = intensityLut(pixelOf(bits, bits - 1 + shift, isSigned), { ...plain, voi: window });
            const stored = cell & (2 ** bits - 1);
            expect(low[cell]).toBe(low[stored]);
            expect(high[(stored << shift) | (cell & (2 ** shift - 1))]).toBe(low[stored]);
            expect(high[cell]).toBe(low[(cell >> shift) & (2 ** bits - 1)]);
            expect([low.length, high.length]).toEqual([65536, 65536]);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it("what is no number is black", () => {
    const lut = intensityLut(pixelOf(8, 7, false, 8), { ...plain, voi: { ...window, center: Number.NaN } });
    expect(Math.max(...lut)).toBe(0);
  });
});

describe("what a raw image and its padding say", () => {
  const raw = (...extra: readonly Element[]) => headerOf([0x00080068, "CS", "FOR PROCESSING"], ...extra);
  it.each<[string, string, readonly Element[], boolean]>([
    ["MONOCHROME1 without a sign", "MONOCHROME1", [], true],
    ["MONOCHROME2 without a sign", "MONOCHROME2", [], false],
    ["MONOCHROME1 with -1", "MONOCHROME1", [[0x00281041, "SS", -1]], false],
    ["MONOCHROME2 with 1", "MONOCHROME2", [[0x00281041, "SS", 1]], true],
  ])("%s: air is bright %s", async (_name, photometric, extra, isRawInverted) => {
    expect((await raw([0x00280004, "CS", photometric], ...extra)).isRawInverted).toBe(isRawInverted);
  });

  it.each<[string, readonly Element[], readonly [number, number] | undefined]>([
    ["none", [], undefined],
    ["a value", [[0x00280120, "US", 7]], [7, 7]],
    ["a value and a limit above it", [[0x00280120, "US", 7], [0x00280121, "US", 9]], [7, 9]], // biome-ignore format: one row each
    ["a value and a limit below it", [[0x00280120, "US", 9], [0x00280121, "US", 7]], [7, 9]], // biome-ignore format: one row each
    ["a limit alone", [[0x00280121, "US", 7]], undefined],
    ["a signed value", [[0x00280103, "US", 1], [0x00280120, "US", 0xfffe]], [-2, -2]], // biome-ignore format: one row each
  ])("padding of %s", async (_name, extra, padding) => {
    expect((await headerOf(...extra)).padding).toEqual(padding);
  });
});
