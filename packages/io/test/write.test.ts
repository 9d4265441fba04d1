import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandExists } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDicom } from "../src/index.ts";
import { type Elements, element, encodeElements, encodePart10, implementationClassUid, uidOf, type Vr } from "../src/write.ts";
import { seen } from "./seen.ts";

const evenBytes = fc.uint8Array({ maxLength: 24 }).map((bytes) => (bytes.length % 2 ? bytes.subarray(1) : bytes));
const tags = fc.integer({ min: 0x0008_0000, max: 0x7fdf_ffff }).filter((tag) => tag >>> 16 !== 0xfffe);
const vrs = fc.constantFrom<Vr>("AE", "CS", "DS", "FD", "LO", "OB", "OW", "PN", "SH", "SS", "UC", "UI", "UL", "UN", "US", "UT");
const { dataSet: anyElements } = fc.letrec<{ dataSet: Elements; element: Elements[number] }>((tie) => ({
  dataSet: fc.uniqueArray(tie("element"), { selector: ({ tag }) => tag, maxLength: 6 }).map((all) => [...all].sort((a, b) => a.tag - b.tag)),
  element: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ tag: tags, vr: vrs, value: evenBytes }),
    fc.record({ tag: tags, vr: fc.constant<Vr>("SQ"), value: fc.array(tie("dataSet"), { maxLength: 3 }) }),
  ),
}));

const identity: Elements = [element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7"), element(0x0008_0018, "UI", "2.25.1")];

describe("what is written", () => {
  it("is what the parser reads, at every depth and in both byte orders", async () => {
    const files = fc.record({
      own: anyElements,
      fragments: fc.option(fc.array(evenBytes, { minLength: 1, maxLength: 4 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom("1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"), async ({ own, fragments }, transferSyntax) => {
        const pixels: Elements = fragments && transferSyntax.endsWith(".1") ? [{ tag: 0x7fe0_0010, vr: "OB", value: { fragments } }] : [];
        const elements = [...identity, ...own.filter(({ tag }) => tag > 0x0008_0018), ...pixels];
        const { dataSet } = await parseDicom(encodePart10(elements, { transferSyntax }));
        expect(seen(dataSet).slice(2)).toEqual(elements.slice(2));
      }),
      { numRuns: 300 },
    );
  });

  it("puts elements in the order of their tags, pads to even length and keeps numbers", async () => {
    const bytes = encodePart10([
      element(0x0028_0010, "US", 258),
      element(0x0018_1164, "DS", [0.05, 1 / 3, 1e-20]),
      element(0x0020_0013, "IS", 3),
      element(0x0070_0022, "FL", [1.5, -2]),
      ...identity,
      element(0x0010_0010, "PN", "A^B"),
    ]);
    const { dataSet } = await parseDicom(bytes);
    const text = (tag: number): string => {
      const { offset, length } = dataSet.elements.get(tag)!;
      return new TextDecoder().decode(bytes.subarray(offset, offset + length));
    };
    expect([...dataSet.elements.keys()]).toEqual([0x0008_0016, 0x0008_0018, 0x0010_0010, 0x0018_1164, 0x0020_0013, 0x0028_0010, 0x0070_0022]);
    expect([text(0x0010_0010), text(0x0018_1164), text(0x0020_0013), text(0x0008_0018)]).toEqual([
      "A^B ",
      "0.05\\0.33333333333333\\1e-20 ",
      "3 ",
      "2.25.1",
    ]);
    expect(bytes.length % 2).toBe(0);
  });

  it("refuses what would not be a data set", () => {
    expect(() => encodeElements([element(0x0008_0060, "CS", "SR"), element(0x0008_0060, "CS", "MG")])).toThrow("(0008,0060)");
    expect(() => encodeElements([element(0x0008_0070, "LO", "Zürich")])).toThrow(TypeError);
    expect(() => encodeElements([element(0x0008_0070, "LO", 7)])).toThrow(TypeError);
    expect(() => encodeElements([element(0x0018_1164, "DS", Number.NaN)])).toThrow(RangeError);
    const long = [element(0x0062_000b, "US", Array<number>(35_000).fill(1))];
    expect(() => encodeElements(long, { explicit: true, littleEndian: false })).toThrow("65535");
    expect(new TextDecoder().decode(encodeElements(long).subarray(4, 6))).toBe("UN");
    expect(() => encodePart10([])).toThrow("SOP Class UID");
  });

  it.skipIf(!commandExists("dcmdump"))("is read without complaint by another parser (needs dcmdump of dcmtk)", () => {
    const folder = mkdtempSync(join(tmpdir(), "mammo-write-"));
    try {
      const nested = element(0x0040_a730, "SQ", [[element(0x0040_a160, "UT", "one")], []]);
      for (const transferSyntax of ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"]) {
        const path = join(folder, "one.dcm");
        writeFileSync(path, encodePart10([...identity, nested, element(0x0028_0010, "US", 258)], { transferSyntax }));
        const { status, stdout, stderr } = spawnSync("dcmdump", [path], { encoding: "utf8" });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(stdout).toMatch(/\(0028,0010\) US 258[\s\S]*\(0040,a160\) UT \[one\]/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("UIDs", () => {
  it("follow from the content, are well formed and differ where a border moves", async () => {
    expect(implementationClassUid).toBe(await uidOf("@mammo/io"));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), async (parts) => {
        expect(await uidOf(...parts)).toMatch(/^2\.25\.[1-9]\d{20,38}$/);
        expect(await uidOf(...parts)).toBe(await uidOf(...parts));
      }),
    );
    expect(await uidOf("ab", "c")).not.toBe(await uidOf("a", "bc"));
  });
});
