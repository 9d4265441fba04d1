import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { commandExists, dataFolder } from "@mammo/testing";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { actionSteps } from "../src/dicom/deidentify/basicProfile.ts";
import { decodeSteps } from "../src/dicom/deidentify/decodeSteps.ts";
import { moveDate } from "../src/dicom/deidentify/moveDate.ts";
import { standardVr } from "../src/dicom/deidentify/standardVr.ts";
import { type DataSet, DicomError, decodeFrame, limitsDefaults, parseDicom, readImagePixel } from "../src/index.ts";
import {
  deidentify,
  type Element,
  type Elements,
  element,
  encodePart10,
  mammographyCadSr,
  presentationStates,
  secondaryCapture,
  type Vr,
} from "../src/write.ts";
import { dciodvfy, judge } from "./judges.ts";
import { options, phantomExam } from "./reportedExam.ts";
import { encapsulated, mammogram } from "./writeDicom.ts";

const key = new TextEncoder().encode("a key for the tests");
let made: Awaited<ReturnType<typeof phantomExam>>;
beforeAll(async () => {
  made = await phantomExam();
});

const words = new Set<string>(["AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"]);
const canaryDate = "19771107";

/** A value that would be known again, of a kind that its representation may hold. */
function canary(vr: Vr, tag: number): Element["value"] {
  if (vr === "UI") return `1.2.999.${tag}`;
  if (vr === "DA") return canaryDate;
  if (vr === "DT") return `${canaryDate}115959`;
  if (vr === "TM") return "115959.17";
  if (vr === "AS") return "077Y";
  if (words.has(vr) || vr === "CS" || vr === "DS" || vr === "IS") return "canary";
  if (vr === "SQ") return [[element(0x0010_0010, "PN", "canary"), element(0x0040_a160, "UT", "canary"), element(0x0009_1010, "LO", "canary")]];
  return new TextEncoder().encode("canary");
}

/** The elements of a file with every text replaced by canaries, but for the few that make it readable at all. */
function poisoned(dataSet: DataSet): Elements {
  const readable = new Set([0x0008_0005, 0x0008_0016, 0x0028_0004]);
  return [...dataSet.elements.values()].map(({ tag, vr, offset, length, items, fragments }) => {
    const bytes = (at: number, size: number): Uint8Array => dataSet.bytes.slice(at, at + size);
    if (items) return element(tag, "SQ", items.map(poisoned));
    if (fragments) return element(tag, vr as Vr, { fragments: fragments.map((one) => bytes(one.offset, one.length)) });
    const isBinary = !words.has(vr!) && !["UI", "DA", "DT", "TM", "AS", "CS", "DS", "IS"].includes(vr!);
    return element(tag, vr as Vr, isBinary || readable.has(tag) ? bytes(offset, length) : canary(vr as Vr, tag));
  });
}

/** One element for every tag of Table E.1-1, private ones, unknown ones, curves and overlays. */
function everyTag(): Elements {
  const listed = Object.values(actionSteps)
    .flatMap(decodeSteps)
    .filter((tag) => tag >>> 16 > 4 && tag >>> 16 < 0x7fe0);
  const named = listed.map((tag) => element(tag, standardVr(tag)?.[0] ?? "LO", canary(standardVr(tag)?.[0] ?? "LO", tag)));
  const others: Elements = [
    element(0x0009_0010, "LO", "canary"),
    element(0x0009_1001, "UN", new TextEncoder().encode("canary")),
    element(0x0008_7777, "LO", "canary"),
    element(0x0028_2000, "OB", new TextEncoder().encode("canary")),
    element(0x0042_0011, "OB", new TextEncoder().encode("canary")),
    element(0x5000_2500, "LO", "canary"),
    element(0x6000_3000, "OW", new TextEncoder().encode("canary")),
    element(0x0018_1008, "LO", "canary"),
    // Words in an element that should hold a number.
    element(0x0028_0106, "LO", "canary"),
    element(0x0008_1032, "SQ", [
      [element(0x0008_0100, "SH", "canary"), element(0x0008_0102, "SH", "99canary"), element(0x0008_0104, "LO", "canary")],
    ]),
    element(0x0054_0220, "SQ", [[element(0x0008_0100, "SH", "399162004"), element(0x0008_0102, "SH", "SCT"), element(0x0008_0104, "LO", "canary")]]),
  ];
  return [...new Map([...named, ...others].map((one) => [one.tag, one])).values()];
}

function text(dataSet: DataSet, tag: number): string | undefined {
  const found = dataSet.elements.get(tag);
  return found && new TextDecoder("latin1").decode(dataSet.bytes.subarray(found.offset, found.offset + found.length)).replace(/[\0 ]+$/, "");
}

const textOf = async (bytes: Uint8Array, tag: number): Promise<string | undefined> => text((await parseDicom(bytes)).dataSet, tag);

/** Everything that looks like a canary in the bytes of a file. */
const canaries = (bytes: Uint8Array): readonly string[] =>
  Buffer.from(bytes)
    .toString("latin1")
    .match(/canary|1\.2\.999|19771107|115959|077Y/gi) ?? [];

describe("what leaves", () => {
  it("is every text of a phantom file, and of every tag that the table names, at every depth", async () => {
    const { dataSet } = await parseDicom(made.files[0]!);
    const own = poisoned(dataSet);
    const taken = new Set(own.map(({ tag }) => tag));
    const more = everyTag().filter(({ tag }) => !taken.has(tag) || tag === 0x0054_0220);
    const elements = [...own.filter(({ tag }) => tag !== 0x0054_0220), ...more];
    for (const transferSyntax of ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"]) {
      // An implicit file does not say that words stand where a number should: there they pass for one.
      const isLie = (tag: number): boolean => tag === 0x0028_0106 && transferSyntax === "1.2.840.10008.1.2";
      const here = elements.filter(({ tag }) => tag !== 0x0040_0275 && !isLie(tag));
      const nested = element(0x0040_0275, "SQ", [[element(0x0008_1140, "SQ", [here.filter(({ tag }) => tag < 0x7fe0_0000)])]]);
      const bytes = encodePart10([...here, nested], { transferSyntax });
      expect(canaries(bytes).length).toBeGreaterThan(1000);
      for (const dates of ["remove", "shift"] as const) {
        const clean = await deidentify(bytes, { key, dates });
        // Shifted times of day stay by the option's meaning; nothing else does.
        expect(canaries(clean).filter((found) => dates === "remove" || found !== "115959")).toEqual([]);
        expect(Buffer.from(clean).includes(Buffer.from(key))).toBe(false);
      }
    }
  });

  it("takes the preamble, the source's meta group and what stands behind the pixels along", async () => {
    const bytes = new Uint8Array([...mammogram(), ...encodePart10([element(0x0008_0016, "UI", "1.2.3"), element(0x0008_0018, "UI", "1.2.4")])]);
    bytes.set(new TextEncoder().encode("canary"), 0);
    const tail = new Uint8Array([...bytes, ...new TextEncoder().encode("canary")]);
    expect(canaries(await deidentify(tail, { key }))).toEqual([]);
  });
});

describe("what stays", () => {
  it("is the picture, bit for bit and in its transfer syntax", async () => {
    const fragments = [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6)];
    for (const [bytes, syntax] of [
      [made.files[0]!, "1.2.840.10008.1.2.1"],
      [mammogram({ syntax: "1.2.840.10008.1.2" }), "1.2.840.10008.1.2"],
      [mammogram({ syntax: "1.2.840.10008.1.2.2" }), "1.2.840.10008.1.2.2"],
      [mammogram({ syntax: "1.2.840.10008.1.2.4.70", pixelElement: encapsulated(fragments[1]!, fragments[2]!) }), "1.2.840.10008.1.2.4.70"],
    ] as const) {
      const [before, after] = [await parseDicom(bytes), await parseDicom(await deidentify(bytes, { key }))];
      expect(after.transferSyntax).toBe(syntax);
      expect(pixels(after.dataSet)).toEqual(pixels(before.dataSet));
    }
  });

  it("is what a machine needs to show and measure it", async () => {
    const [before, after] = [await parseDicom(made.files[1]!), await parseDicom(await deidentify(made.files[1]!, { key, device: true }))];
    for (const tag of [
      0x0008_0016, 0x0008_0068, 0x0008_0070, 0x0008_1090, 0x0018_1164, 0x0018_5101, 0x0020_0062, 0x0028_0010, 0x0028_1050, 0x0028_1056,
    ])
      expect(text(after.dataSet, tag)).toBe(text(before.dataSet, tag));
    const view = after.dataSet.elements.get(0x0054_0220)!.items![0]!;
    expect([text(view, 0x0008_0100), text(view, 0x0008_0104)]).toEqual(["399368009", "medio-lateral oblique"]);
    expect(await textOf(await deidentify(made.files[1]!, { key }), 0x0008_0070)).toBe("Removed");
  });

  it("is what belongs together: the same key gives the same names, another key others", async () => {
    const [one, two] = await Promise.all(made.files.slice(0, 2).map((bytes) => deidentify(bytes, { key })));
    const other = await deidentify(made.files[0]!, { key: new TextEncoder().encode("another key for the tests") });
    for (const tag of [0x0010_0020, 0x0020_000d, 0x0020_000e]) {
      expect(await textOf(one!, tag)).toBe(await textOf(two!, tag));
      expect(await textOf(one!, tag)).not.toBe(await textOf(other, tag));
      expect(await textOf(one!, tag)).not.toBe(await textOf(made.files[0]!, tag));
    }
    expect(await textOf(one!, 0x0008_0018)).not.toBe(await textOf(two!, 0x0008_0018));
    const report = await deidentify(await mammographyCadSr(made.exam, made.images, options), { key });
    const named = Buffer.from(report).toString("latin1");
    expect(named).toContain((await textOf(one!, 0x0008_0018))!);
  });

  it("is the time between two dates, where that is asked for", async () => {
    const at = async (date: string): Promise<string> => {
      const bytes = mammogram({
        extra: [
          [0x0008_0020, "DA", date],
          [0x0010_0020, "LO", "one"],
          [0x0010_0030, "DA", "19600101"],
          [0x0008_002a, "DT", `${date}101112.5`],
        ],
      });
      const clean = await deidentify(bytes, { key, dates: "shift" });
      expect(await textOf(clean, 0x0010_0030)).toBe("");
      expect(await textOf(clean, 0x0028_0303)).toBe("MODIFIED");
      const moved = (await textOf(clean, 0x0008_0020))!;
      expect(await textOf(clean, 0x0008_002a)).toBe(`${moved}101112.5`);
      return moved;
    };
    const day = (date: string): number => Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))) / 864e5;
    const [first, second] = [await at("20240228"), await at("20260301")];
    expect(day(second) - day(first)).toBe(day("20260301") - day("20240228"));
    expect(first < "20240228").toBe(true);
    for (const no of ["", "2024", "20241301", "20240231", "canary", "20240101.5"]) expect(moveDate(no, 3)).toBeUndefined();
  });
});

describe("a value of more than 64 KiB", () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => `${index}.25`).join("\\");
  const contour = (value: Element["value"], transferSyntax: string): Uint8Array =>
    encodePart10(
      [
        element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.481.3"),
        element(0x0008_0018, "UI", "1.2.3"),
        element(0x3006_0039, "SQ", [[element(0x3006_0040, "SQ", [[element(0x3006_0050, "DS", value)]])]]),
      ],
      { transferSyntax },
    );

  it.each(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])("stays whole (%s)", async (syntax) => {
    const { dataSet } = await parseDicom(await deidentify(contour(numbers, syntax), { key }));
    const item = dataSet.elements.get(0x3006_0039)!.items![0]!.elements.get(0x3006_0040)!.items![0]!;
    expect(text(item, 0x3006_0050)?.split("\\")).toHaveLength(20_000);
    expect(text(item, 0x3006_0050)).toBe(numbers);
  });

  it("may be one of unknown representation", async () => {
    const bytes = mammogram({ extra: [[0x0028_0009, "UN", new Uint8Array(70_000).fill(1)]] });
    const { dataSet } = await parseDicom(await deidentify(bytes, { key }));
    expect(dataSet.elements.get(0x0028_0009)).toMatchObject({ vr: "UN", length: 70_000 });
  });
});

describe("what is said of it", () => {
  it("is YES only where the pixels identify nobody", async () => {
    const removed = async (burnedIn: string | undefined, more: object = {}): Promise<string | undefined> =>
      textOf(await deidentify(mammogram(burnedIn === undefined ? {} : { extra: [[0x0028_0301, "CS", burnedIn]] }), { key, ...more }), 0x0012_0062);
    expect(await removed("NO")).toBe("YES");
    expect(await removed("YES")).toBe("NO");
    expect(await removed(undefined)).toBe("NO");
    expect(await removed("YES", { pixelsAreClean: true })).toBe("YES");
    const report = await mammographyCadSr(made.exam, made.images, options);
    expect(await textOf(await deidentify(report, { key }), 0x0012_0062)).toBe("YES");
  });

  it("is NO where there is a waveform, which may be a voice", async () => {
    const report = encodePart10([
      element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.9.4.1"),
      element(0x0008_0018, "UI", "1.2.3"),
      element(0x5400_0100, "SQ", [[element(0x5400_1010, "OB", Uint8Array.of(1, 2))]]),
    ]);
    expect(await textOf(await deidentify(report, { key, pixelsAreClean: true }), 0x0012_0062)).toBe("NO");
  });

  it("names the profile and the options", async () => {
    const named = async (more: object): Promise<readonly (string | undefined)[]> => {
      const { dataSet } = await parseDicom(await deidentify(mammogram(), { key, ...more }));
      return dataSet.elements.get(0x0012_0064)!.items!.map((item) => text(item, 0x0008_0100));
    };
    expect(await named({})).toEqual(["113100"]);
    expect(await named({ dates: "shift", pixelsAreClean: true })).toEqual(["113100", "113101", "113107"]);
    expect(await textOf(await deidentify(mammogram(), { key }), 0x0012_0063)).toContain("PS3.15");
  });

  it("is refused for a short key", async () => {
    await expect(deidentify(mammogram(), { key: new Uint8Array(15) })).rejects.toThrow(RangeError);
  });
});

describe("the outcome", () => {
  it.skipIf(!commandExists("dciodvfy"))("is as valid as the source was (needs dciodvfy of dicom3tools)", async () => {
    const objects = [...made.files, await mammographyCadSr(made.exam, made.images, options), await secondaryCapture(made.exam, made.images, options)];
    for (const bytes of [...objects, ...(await presentationStates(made.exam, made.images, options))]) {
      const errors = (all: readonly string[]): readonly string[] => all.filter((line) => line.startsWith("Error"));
      const [before, ...after] = [
        dciodvfy(bytes),
        dciodvfy(await deidentify(bytes, { key })),
        dciodvfy(await deidentify(bytes, { key, dates: "shift" })),
      ];
      expect(errors(before.complaints)).toEqual([]);
      for (const { object, complaints } of after) expect({ object, errors: errors(complaints) }).toEqual({ object: before.object, errors: [] });
    }
  });

  it.skipIf(!commandExists("dsrdump"))("of a report is a report (needs dsrdump of dcmtk)", async () => {
    const clean = await deidentify(await mammographyCadSr(made.exam, made.images, options), { key });
    const { status, stdout } = judge("dsrdump", clean);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Probability of cancer[\s\S]*31\.34/);
  });

  it.skipIf(!dataFolder())("keeps the pixels of real files of all transfer syntaxes (needs the data folder)", { timeout: 180_000 }, async () => {
    let done = 0;
    for (const folder of ["conformance/pydicom", "conformance/wg04", "mg-dicom/fo-dicom", "mg-dicom/wg04"]) {
      const files = (await readdir(join(dataFolder()!, folder))).filter((name) => name.endsWith(".dcm"));
      for (const name of files) {
        const bytes = new Uint8Array(await readFile(join(dataFolder()!, folder, name)));
        const clean = await deidentify(bytes, { key }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(DicomError);
          return undefined;
        });
        if (clean === undefined) continue;
        const [before, after] = [await parseDicom(bytes), await parseDicom(clean)];
        expect(after.transferSyntax, name).toBe(before.transferSyntax);
        // Comments and what stands behind a codestream leave, so that what is compared is the picture.
        const isSame = pixels(after.dataSet).join() === pixels(before.dataSet).join();
        expect(isSame || (await firstFrame(after)) === (await firstFrame(before)), name).toBe(true);
        done++;
      }
    }
    expect(done).toBeGreaterThan(60);
  });

  it.skipIf(!dataFolder() || !commandExists("dciodvfy"))(
    "of a real mammogram has no error that the source has not (needs the data folder, dciodvfy)",
    async () => {
      for (const name of ["fo-dicom/GH133.dcm", "fo-dicom/OutOfBoundsOverlay.dcm", "wg04/MG1_J2KI.dcm", "dbt/jpeg2k_3d.dcm"]) {
        const bytes = new Uint8Array(await readFile(join(dataFolder()!, "mg-dicom", name)));
        const errors = (file: Uint8Array): readonly string[] => dciodvfy(file).complaints.filter((line) => line.startsWith("Error"));
        const known = errors(bytes);
        for (const dates of ["remove", "shift"] as const)
          expect(
            errors(await deidentify(bytes, { key, dates })).filter((line) => !known.includes(line)),
            name,
          ).toEqual([]);
      }
    },
  );

  // A UL where a UI belongs is no text, so it is not written.
  it("of a SOP Class UID of another representation is a typed error", async () => {
    const bytes = mammogram({ rows: 60, columns: 40, mm: 2 });
    const at = bytes.findIndex(
      (_, i) => bytes[i] === 0x08 && bytes[i + 1] === 0 && bytes[i + 2] === 0x16 && bytes[i + 3] === 0 && bytes[i + 4] === 0x55,
    );
    expect(at).toBeGreaterThan(132);
    bytes[at + 5] = 0x4c;
    await expect(deidentify(bytes, { key })).rejects.toMatchObject({ code: "missing-attribute" });
  });

  it("of a broken file is a typed error or a file", async () => {
    const original = mammogram({ rows: 60, columns: 40, mm: 2, extra: [[0x0054_0220, "SQ", [[[0x0008_0100, "SH", "R-10226"]]]]] });
    const change = fc.record({ at: fc.oneof(fc.nat(700), fc.nat(original.length - 1)), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const bytes = original.slice();
        for (const { at, to } of changes) bytes[at] = to;
        const error = await deidentify(bytes, { key }).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(DicomError);
      }),
      { numRuns: 400 },
    );
  });
});

/** The first frame's stored values, or why there are none. */
const firstFrame = async (file: Awaited<ReturnType<typeof parseDicom>>): Promise<string> => {
  try {
    const cells = await decodeFrame(file, readImagePixel(file.dataSet, limitsDefaults));
    return Buffer.from(cells.buffer, cells.byteOffset, cells.byteLength).toString("base64");
  } catch (error) {
    return (error as DicomError).code;
  }
};

/** A digest of Pixel Data: its bytes, or those of its fragments. */
function pixels(dataSet: DataSet): readonly string[] {
  const found = dataSet.elements.get(0x7fe0_0010);
  if (found === undefined) return [];
  const parts = found.fragments ?? [found];
  return parts.map(({ offset, length }) => Buffer.from(dataSet.bytes.buffer, dataSet.bytes.byteOffset + offset, length).toString("base64"));
}
