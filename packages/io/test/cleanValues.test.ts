// What de-identification makes of single values: codes, numbers as text, binary numbers, dates, pseudonyms.
import { describe, expect, it } from "vitest";
import { cleanCode, isChecked, knownMeaning } from "../src/dicom/deidentify/cleanCode.ts";
import { cleanNumbers } from "../src/dicom/deidentify/cleanNumbers.ts";
import { cleanTexts } from "../src/dicom/deidentify/cleanText.ts";
import { decodeSteps } from "../src/dicom/deidentify/decodeSteps.ts";
import { moveDate } from "../src/dicom/deidentify/moveDate.ts";
import { profileAction } from "../src/dicom/deidentify/profileAction.ts";
import { pseudonymsOf } from "../src/dicom/deidentify/pseudonyms.ts";
import { requireFewValues } from "../src/dicom/deidentify/requireFewValues.ts";
import { standardUids } from "../src/dicom/deidentify/standardUids.ts";
import { standardVr } from "../src/dicom/deidentify/standardVr.ts";
import { isNumeric, isWords, vrOf } from "../src/dicom/deidentify/vrOf.ts";
import { items } from "../src/dicom/parse/values.ts";
import { type DataSet, parseDicom } from "../src/index.ts";
import type { Vr } from "../src/write.ts";
import { type Element, mammogram } from "./writeDicom.ts";

describe("texts", () => {
  it.each([
    ["CS", "monochrome2", "MONOCHROME2"],
    ["CS", "a\\fr", "A\\FR"],
    ["CS", "jane", ""],
    ["CS", "JANE", "JANE"],
    ["CS", "LONGER THAN 16 CH", ""],
    ["CS", "EXACTLY 16 CHARS", "EXACTLY 16 CHARS"],
    ["CS", "lmlo", "LMLO"],
    ["DS", "1,5", "1.5"],
    ["DS", "1,2,3", "-"],
    ["DS", "1.5,2", "-"],
    ["DS", "jane", "-"],
    ["DS", "", ""],
    ["DS", "1e3\\+2\\.5\\-4.", "1e3\\+2\\.5\\-4."],
    ["DS", "0x10", "16"],
    ["DS", "Infinity", "-"],
    ["IS", "12345678901", "12345678901"],
    ["IS", "123456789012", "123456789012"],
    ["IS", "1.0", "1"],
    ["IS", "1.5", "-"],
    ["IS", "9007199254740993", "-"],
  ] as const)("%s %s is %s", (vr, value, expected) => {
    expect(cleanTexts(vr, value.split("\\"))).toBe(expected);
  });

  it("are 131,072 of a file at most, wherever the backslashes stand", () => {
    const setOf = (bytes: Uint8Array) => {
      const one = { tag: 0x0008_0080, vr: "LO", offset: 0, length: bytes.length };
      return { bytes, littleEndian: true, start: 0, elements: new Map([[one.tag, one]]) } as unknown as DataSet;
    };
    const backslashes = (count: number) => new Uint8Array(count).fill(0x5c);
    expect(() => requireFewValues(setOf(backslashes(131_072)))).not.toThrow();
    expect(() => requireFewValues(setOf(backslashes(131_073)))).toThrow("Expected at most 131072 values of text");
  });

  it("of other representations are nothing", () => {
    expect(cleanTexts("LO", ["x"])).toBeUndefined();
  });
});

describe("binary numbers", () => {
  const clean = (tag: number, stated: string, vr: Vr, bytes: readonly number[]) => {
    let doubts = 0;
    const dataSet = { bytes: Uint8Array.from([9, ...bytes]), littleEndian: true, start: 0, elements: new Map() } as unknown as DataSet;
    const one = { tag, vr: stated, offset: 1, length: bytes.length };
    const value = cleanNumbers(one as Parameters<typeof cleanNumbers>[0], vr, dataSet, () => doubts++);
    return { value: value === undefined ? undefined : [...(value as Uint8Array)], doubts };
  };
  const rows = 0x00280010;
  const letters = (text: string) => [...new TextEncoder().encode(text)];

  it("are as many as the standard has places for, without what stands behind", () => {
    expect(clean(rows, "US", "US", [1, 2, 3, 4])).toEqual({ value: [1, 2], doubts: 0 });
    expect(clean(rows, "US", "US", [1])).toEqual({ value: [], doubts: 0 });
    // Three values of a LUT's descriptor.
    expect(clean(0x00283002, "US", "US", [1, 2, 3, 4, 5, 6, 7, 8]).value).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each<[Vr, number]>([
    ["OB", 1],
    ["OW", 2],
    ["OL", 4],
    ["OF", 4],
    ["OD", 8],
    ["OV", 8],
    ["FD", 8],
    ["SL", 4],
  ])(
    // biome-ignore format: one row
    "%s have %d bytes each: what is less than one goes",
    (vr, size) => {
      const data = 0x00283006; // any number of them
      expect(clean(data, vr, vr, new Array(3 * size - 1).fill(0)).value).toHaveLength(size === 1 ? 2 : 2 * size);
      expect(clean(data, vr, vr, new Array(3 * size).fill(0)).value).toHaveLength(3 * size);
    },
  );

  it("under another name are read by it, where they fit", () => {
    expect(clean(rows, "UL", "US", [255, 255, 0, 0]).value).toEqual([255, 255]);
    expect(clean(rows, "UL", "US", [0, 0, 1, 0]).value).toBeUndefined();
    expect(clean(rows, "SS", "US", [255, 255]).value).toBeUndefined();
    expect(clean(rows, "SS", "US", [255, 127]).value).toEqual([255, 127]);
    // 1.5 is no whole number, 2 is one.
    expect(clean(rows, "FL", "US", [0, 0, 192, 63]).value).toBeUndefined();
    expect(clean(rows, "FL", "US", [0, 0, 0, 64]).value).toEqual([2, 0]);
    expect(clean(rows, "SL", "US", [255, 255, 255, 255]).value).toBeUndefined();
  });

  it("are read in the form that they are stated in, whatever its width", () => {
    // 300 in each form, the low byte first.
    const forms = {
      ...{ SS: [44, 1], UL: [44, 1, 0, 0], SL: [44, 1, 0, 0], UV: [44, 1, 0, 0, 0, 0, 0, 0], SV: [44, 1, 0, 0, 0, 0, 0, 0] },
      ...{ FL: [0, 0, 150, 67], FD: [0, 0, 0, 0, 0, 192, 114, 64] },
    };
    for (const [stated, bytes] of Object.entries(forms)) expect(clean(rows, stated, "US", bytes).value, stated).toEqual([44, 1]);
  });

  it.each<[Vr, number, boolean]>([
    ["US", 0, true],
    ["US", -1, false],
    ["US", 65_535, true],
    ["US", 65_536, false],
    ["SS", -32_768, true],
    ["SS", -32_769, false],
    ["SS", 32_767, true],
    ["SS", 32_768, false],
    ["UL", 0, true],
    ["UL", -1, false],
    ["UL", 2 ** 32 - 1, true],
    ["UL", 2 ** 32, false],
    ["SL", -(2 ** 31), true],
    ["SL", -(2 ** 31) - 1, false],
    ["SL", 2 ** 31 - 1, true],
    ["SL", 2 ** 31, false],
    ["SL", 0.5, false],
    ["FL", 0.5, true],
    ["FL", Number.NEGATIVE_INFINITY, true],
    ["FL", Number.NaN, false],
    // Whole numbers of eight bytes are read only.
    ["UV", 0, false],
    ["SV", 0, false],
  ])("as %s, %d fits: %s", (vr, number, fits) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, number, true);
    expect(clean(rows, "FD", vr, [...bytes]).value !== undefined).toBe(fits);
  });

  it("of a long list stay, and are doubted where eight bytes of text stand in one", () => {
    const data = 0x00283006;
    expect(clean(data, "OW", "OW", [...letters("JaneJane"), 1, 200])).toMatchObject({ doubts: 1 });
    expect(clean(data, "OW", "OW", [...letters("JaneJan"), 1, 200, 0])).toMatchObject({ doubts: 0 });
    // Digits are no text: half must be letters.
    expect(clean(data, "OW", "OW", [...letters("Jan51234"), 1, 200])).toMatchObject({ doubts: 0 });
    expect(clean(data, "OW", "OW", [...letters("Jane1234"), 1, 200])).toMatchObject({ doubts: 1 });
    expect(clean(data, "OW", "OW", [200, 1, ...letters("JaneJane")])).toMatchObject({ doubts: 1 });
    expect(clean(data, "OW", "OW", [200, 1, ...letters("JaneJan"), 200])).toMatchObject({ doubts: 0 });
    // The first and last letters of the alphabet are letters, and what stands beside them is none.
    for (const [text, doubts] of [["AZaz1234", 1], ["@[`{1Ja9", 0]] as const) // biome-ignore format: one row
      expect(clean(data, "OW", "OW", [200, 1, ...letters(text)]).doubts, text).toBe(doubts);
    // Zeros are left out, and every second byte is looked at.
    expect(clean(data, "OW", "OW", letters("J\0a\0n\0e\0D\0o\0e\0s\0"))).toMatchObject({ doubts: 1 });
    expect(clean(data, "OW", "OW", letters("JaneDoe\0MainSt7\0"))).toMatchObject({ doubts: 1 });
    expect(
      clean(
        data,
        "OW",
        "OW",
        [..."JaneDoes"].flatMap((letter, at) => [200 + at, letter.charCodeAt(0)]),
      ),
    ).toMatchObject({ doubts: 1 });
    // Graphic Data: 200, 100 and the like have letters among zeros, and are no text.
    expect(clean(0x00700022, "FL", "FL", Array.from({ length: 8 }, () => [0, 0, 72, 67]).flat())).toMatchObject({ doubts: 0 });
    expect(clean(0x00700022, "FL", "FL", letters("J\0a\0n\0e\0D\0o\0e\0s\0"))).toMatchObject({ doubts: 1 });
    expect(clean(0x00700022, "FL", "FL", letters("DOE\0MAI\0NST\0"))).toMatchObject({ doubts: 1 });
    // A table that only rises or only falls is one, whatever its bytes look like.
    expect(clean(data, "OW", "OW", letters("aAbBcCdDeE"))).toMatchObject({ doubts: 0 });
    expect(clean(data, "OW", "OW", letters("eEdDcCbBaA"))).toMatchObject({ doubts: 0 });
    expect(clean(data, "OW", "OW", letters("abcdefgh"))).toMatchObject({ doubts: 0 });
  });

  it("that are text where few numbers belong leave", () => {
    // Four places of two bytes: Blue Palette and the like have three; a window of grid has two numbers of eight bytes.
    expect(clean(0x00189461, "FL", "FL", letters("JaneDoe!JaneDoe!")).value).toEqual(undefined);
    // A day of birth has no letters; a number that happens to be printable has other signs.
    expect(clean(0x00189309, "FD", "FD", letters("DOE 1970")).value).toEqual(undefined);
    expect(clean(0x00189309, "FD", "FD", letters("19700101")).value).toEqual(undefined);
    expect(clean(0x00189309, "FD", "FD", letters("[1}~0101")).value).toEqual(letters("[1}~0101"));
    expect(clean(rows, "US", "US", letters("Ja")).value).toEqual(letters("Ja"));
  });
});

describe("codes", () => {
  const cleaned = async (scheme: string | undefined, value: string) => {
    const designator: readonly Element[] = scheme === undefined ? [] : [[0x00080102, "SH", scheme]];
    const item: readonly Element[] = [[0x00080100, "SH", value], ...designator, [0x00080104, "LO", "Jane"]];
    const { dataSet } = await parseDicom(mammogram({ rows: 24, columns: 16, extra: [[0x00540220, "SQ", [item]]] }));
    return cleanCode(items(dataSet, 0x00540220)[0]!);
  };

  it.each<[scheme: string, fitting: readonly string[], others: readonly string[]]>([
    ["DCM", ["109999", "130000"], ["99999", "140000", "1099999"]],
    ["SCT", ["76752008", "399368009"], ["76752007", "999999", "9".repeat(19)]],
    ["SRT", ["G-A1B2", "G1-A1B2C", "Y-X9999"], ["G-A1B", "G-A1B2C3", "GG-A1B2", "G12-A1B2", "Y-X999", "Y-X99999", "G-JANE"]],
    ["SNM3", ["T-99999"], ["T-999999"]],
    ["99SDM", ["T-99999"], ["T-999999"]],
    ["UCUM", ["1", "{ratio}", "mm2"], ["2", "{jane}", "jane", "mm4"]],
    ["RFC5646", ["xx", "xx-XX"], ["x", "xxx", "xx-X", "xx-XXX"]],
    ["99MAMMO", ["SCORE-1", "SCORE-9", "SCORE-10"], ["SCORE-0", "SCORE-11", "SCORE-100"]],
    ["99LOCAL", [], ["999999", "Jane"]],
  ])("of %s are those of its form, and all others say nothing", async (scheme, fitting, others) => {
    for (const value of fitting) expect((await cleaned(scheme.toLowerCase(), value))!.slice(0, 2)).toEqual([value, scheme]);
    for (const value of others) expect(await cleaned(scheme, value), value).toEqual(["REMOVED", "99REMOVED", "Removed"]);
  });

  it("keep their own words and no other ones", async () => {
    expect(await cleaned("SCT", "76752008")).toEqual(["76752008", "SCT", "Breast"]);
    expect(await cleaned("SCT", "39607008")).toEqual(["39607008", "SCT", "Removed"]);
    // A view's code is known by its value alone, as the reader knows it.
    expect(await cleaned("99LOCAL", "r-10242")).toEqual(["R-10242", "SRT", "cranio-caudal"]);
    expect(await cleaned(undefined, "399162004")).toEqual(["399162004", "SCT", "cranio-caudal"]);
    expect([knownMeaning("BREAST"), knownMeaning("Jane")]).toEqual(["Breast", undefined]);
  });
});

describe("lookup tables", () => {
  const table = (descriptor: readonly number[], length: number, vr: Vr = "OW") => {
    const bytes = Uint8Array.from([...descriptor.flatMap((value) => [value & 255, value >> 8]), ...new Uint8Array(length)]);
    const elements = new Map([[0x0028_3002, { tag: 0x0028_3002, vr: "US", offset: 0, length: 6 }]]);
    const dataSet = { bytes, littleEndian: true, start: 0, elements } as unknown as DataSet;
    const value = cleanNumbers({ tag: 0x0028_3006, vr, offset: 6, length } as never, vr, dataSet, () => undefined);
    return (value as Uint8Array).length;
  };

  it("are as long as their descriptor states, in words, or in bytes where they were written so", () => {
    expect([table([10, 0, 16], 40), table([10, 0, 8], 40), table([10, 0, 8], 10), table([9, 0, 8], 10), table([9, 0, 8], 18)]).toEqual([
      20, 20, 10, 10, 18,
    ]);
    expect([table([0, 0, 16], 131_080), table([10, 0, 16], 12), table([10, 0, 16], 40, "OB"), table([10, 0, 16], 40, "US")]).toEqual([
      131_072, 12, 20, 20,
    ]);
  });
});

describe("SNOMED CT", () => {
  it("identifiers end in a check digit", () => {
    expect(["76752008", "399368009", "80248007", "272741003"].map(isChecked)).toEqual([true, true, true, true]);
    expect(["76752007", "399368000", "1970010112345678", "19700108"].map(isChecked)).toEqual([false, false, false, false]);
  });
});

describe("dates", () => {
  it.each([
    ["20240301", 1, "20240229"],
    ["20230301", 1, "20230228"],
    ["20240101", 365, "20230101"],
    ["20240101101112.123456+0100", 1, "20231231101112.123456+0100"],
    ["20240101101112.1", 1, "20231231101112.1"],
    ["2024010110", 1, "2023123110"],
    ["20240230", 1, undefined],
    ["20240101.5", 1, undefined],
    ["2024010", 1, undefined],
    ["20240101 ", 1, undefined],
    ["20240101101112.1234567", 1, undefined],
    ["20241301", 1, undefined],
  ])("%s, %i days earlier, is %s", (text, days, expected) => {
    expect(moveDate(text, days)).toBe(expected);
  });
});

describe("pseudonyms", () => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  const of = async (patient: string | undefined, secret: Uint8Array = key) =>
    pseudonymsOf(
      (await parseDicom(mammogram({ rows: 24, columns: 16, extra: patient === undefined ? [] : [[0x00100020, "LO", patient]] }))).dataSet,
      secret,
    );

  it("are names of P and sixteen digits, days from 1 to 3650, and no name for no patient", async () => {
    const all = await Promise.all(Array.from({ length: 60 }, (_, i) => of(`patient ${i}`)));
    for (const { pseudonym, days } of all) {
      expect(pseudonym).toMatch(/^P[0-9A-F]{16}$/);
      expect(Number.isInteger(days) && days >= 1 && days <= 3650).toBe(true);
    }
    expect(new Set(all.map(({ pseudonym }) => pseudonym)).size).toBe(60);
    expect(Math.max(...all.map(({ days }) => days)) - Math.min(...all.map(({ days }) => days))).toBeGreaterThan(2500);
    expect((await of(undefined)).pseudonym).toBe("");
  });

  it("are what they were: a changed one would part a patient's files", async () => {
    const { pseudonym, days, uids } = await of("one");
    expect({ pseudonym, days, study: uids.get("1.2.3") }).toMatchInlineSnapshot(`
      {
        "days": 3495,
        "pseudonym": "P33EE33F150DF65DA",
        "study": "2.25.248003743848194320408763297728611609504",
      }
    `);
  });

  it("stay away from the standard's own UIDs", async () => {
    expect([
      standardUids.has("1.2.840.10008.1.2"),
      standardUids.has("1.2.840.10008."),
      standardUids.has("1.2.840.100081.2"),
      standardUids.has("1.2.3"),
    ]).toEqual([true, false, false, false]);
    const { uids } = await of("one");
    expect([...uids.keys()].sort()).toEqual(["1.2.3", "1.2.3.4"]);
    for (const uid of uids.values()) expect(uid).toMatch(/^2\.25\.\d{1,39}$/);
  });

  it("refuse a key of fifteen bytes and one that is none", async () => {
    await expect(of("one", new Uint8Array(15))).rejects.toThrow("Expected a key of at least 16 bytes, got 15");
    await expect(of("one", "sixteen letters!" as unknown as Uint8Array)).rejects.toThrow("got string");
  });
});

describe("the tables", () => {
  it("steps are sums", () => {
    expect(decodeSteps("a,1,10")).toEqual([10, 11, 47]);
  });

  it.each([
    [0x00100010, "Z", "PN"],
    [0x00100020, "Z/D", "LO"],
    [0x00080020, "Z", "DA"],
    [0x00080018, "U", "UI"],
    [0x00081030, "X", "LO"],
    [0x00280010, undefined, "US"],
    [0x00281050, undefined, "DS"],
    [0x7fe00010, undefined, "OB"],
  ] as const)("%i is %s, of %s", (tag, action, vr) => {
    expect([profileAction(tag), standardVr(tag)?.includes(vr)]).toEqual([action, true]);
  });

  it("a representation is the standard's, unless what is stated is of its kind", () => {
    const of = (tag: number, vr: string | undefined, items?: readonly []) => vrOf({ tag, vr, items } as unknown as Parameters<typeof vrOf>[0]);
    expect([of(0x00280010, "US"), of(0x00280010, "UL"), of(0x00280010, undefined), of(0x00280010, "UN"), of(0x00280010, "LO")]).toEqual([
      "US",
      "US",
      "US",
      "US",
      undefined,
    ]);
    // Of the two that the standard allows, the last where none is stated.
    expect([of(0x00280106, "US"), of(0x00280106, "SS"), of(0x00280106, undefined), of(0x00280106, "UN")]).toEqual(["US", "SS", "SS", "SS"]);
    expect([of(0x00080070, "SH"), of(0x00080070, "CS"), of(0x00080060, "LO"), of(0x00080060, "OB")]).toEqual(["SH", "LO", "CS", undefined]);
    expect([of(0x00540220, "SQ", []), of(0x00540220, "SQ"), of(0x00280010, "US", []), of(0x00091001, "LO")]).toEqual([
      "SQ",
      undefined,
      undefined,
      undefined,
    ]);
    expect([isWords("LO"), isWords("CS"), isNumeric("US"), isNumeric("OB")]).toEqual([true, false, true, false]);
  });
});
