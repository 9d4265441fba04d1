import { commandExists, golden } from "@mammo/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { codes } from "../src/dicom/write/sr/code.ts";
import { allViewCodes } from "../src/dicom/write/sr/codedView.ts";
import { type DataSet, DicomError, parseDicom } from "../src/index.ts";
import { mammographyCadSr } from "../src/write.ts";
import { throughArchive, withArchive } from "./archive.ts";
import { dciodvfy, judge } from "./judges.ts";
import { options, phantomExam } from "./reportedExam.ts";

let made: Awaited<ReturnType<typeof phantomExam>>;
let report: Uint8Array;
beforeAll(async () => {
  made = await phantomExam();
  report = await mammographyCadSr(made.exam, made.images, options);
});

/** Text of an element. */
function text(dataSet: DataSet, tag: number): string {
  const { offset, length } = dataSet.elements.get(tag)!;
  return new TextDecoder().decode(dataSet.bytes.subarray(offset, offset + length)).replace(/[\0 ]+$/, "");
}

/** All content items below, depth first, each with its concept's code and its place in the tree. */
function items(node: DataSet, place: readonly number[] = [1]): { readonly node: DataSet; readonly concept: string; readonly place: string }[] {
  const concept = node.elements.get(0x0040_a043)?.items?.[0];
  const own = { node, concept: concept ? text(concept, 0x0008_0100) : "", place: place.join(".") };
  return [own, ...(node.elements.get(0x0040_a730)?.items ?? []).flatMap((child, index) => items(child, [...place, index + 1]))];
}

function floats(dataSet: DataSet, tag: number, size: 4 | 8 = 4): number[] {
  const { offset, length } = dataSet.elements.get(tag)!;
  const view = new DataView(dataSet.bytes.buffer, dataSet.bytes.byteOffset + offset, length);
  return Array.from({ length: length / size }, (_, index) => view.getFloat32(size * index, true));
}

const inPercent = (node: DataSet): string => text(node.elements.get(0x0040_a300)!.items![0]!, 0x0040_a30a);

describe("the Mammography CAD SR", () => {
  it("outlines the findings in pixels of the stored images and points at them in the image library", async () => {
    const { dataSet } = await parseDicom(report);
    const all = items(dataSet);
    const outlines = all.filter(({ concept }) => concept === "111041");
    expect(outlines).toHaveLength(4);
    made.truth.forEach(({ top, left, bottom, right }, index) => {
      const { node } = outlines[index]!;
      expect(floats(node, 0x0070_0022).map((value) => Math.round(value * 100) / 100)).toEqual([
        left,
        top,
        right,
        top,
        right,
        bottom,
        left,
        bottom,
        left,
        top,
      ]);
      const target = node.elements.get(0x0040_a730)!.items![0]!.elements.get(0x0040_db73)!;
      const view = new DataView(report.buffer, report.byteOffset + target.offset, target.length);
      const image = all.find(({ place }) => place === [0, 4, 8].map((at) => view.getUint32(at, true)).join("."))!.node;
      const referenced = image.elements.get(0x0008_1199)!.items![0]!;
      expect(text(referenced, 0x0008_1155)).toBe(text(made.images[index]!.file.dataSet, 0x0008_0018));
    });
    const centers = all.filter(({ concept }) => concept === "111010").map(({ node }) => floats(node, 0x0070_0022));
    const [first] = made.truth;
    expect(centers[0]).toEqual([(first!.left + first!.right) / 2, (first!.top + first!.bottom) / 2].map((value) => expect.closeTo(value, 3)));
  });

  it("pairs the views of a lesion, gives probabilities in percent and scores as codes, marks weak findings as optional", async () => {
    const { dataSet } = await parseDicom(report);
    const all = items(dataSet);
    const of = (concept: string) => all.filter((one) => one.concept === concept);
    const value = ({ node }: { readonly node: DataSet }): string => text(node.elements.get(0x0040_a168)!.items![0]!, 0x0008_0100);
    expect(of("111015")).toHaveLength(1);
    expect(of("111059").map(value)).toEqual(["129793001", "129793001", "111099", "129769006"]);
    expect(of("111047").map(({ node }) => inPercent(node))).toEqual(["31.34", "31.34", "12", "0.1"]);
    expect(of("111005").map(value)).toEqual(["SCORE-9", "SCORE-9", "SCORE-2", "SCORE-9", "SCORE-2", "SCORE-1"]);
    expect(of("111011").map(({ node }) => inPercent(node))).toEqual(["92.5"]);
    expect(of("111004").map(value)).toEqual(["111233", "111234", "133884007"]);
    expect(
      of("111033")
        .map(({ node }) => text(node, 0x0040_a160))
        .slice(1),
    ).toEqual([
      expect.stringMatching(
        /^Left breast, upper outer, middle third, 43 mm from the nipple\. Seen in CC and MLO, one lesion with 92\.5 %\. Suspicion score 9 /,
      ),
      expect.stringMatching(/^Right breast\. Seen in CC\. Suspicion score 2 /),
      expect.stringMatching(/^Right breast\. Seen in MLO\. Suspicion score 1 /),
    ]);
    expect(new Set(of("111056").map(value))).toEqual(new Set(["111150", "111151"]));
    expect(text(of("111033")[0]!.node, 0x0040_a160)).toContain("score 9 of 10. Probability of cancer 31.34 %");
    const all1 = await mammographyCadSr(made.exam, made.images, { ...options, presentFrom: 1 });
    expect(
      new Set(
        items((await parseDicom(all1)).dataSet)
          .filter(({ concept }) => concept === "111056")
          .map(value),
      ),
    ).toEqual(new Set(["111150"]));
  });

  const quiet = (): typeof made.exam => ({
    ...made.exam,
    score: 1,
    breasts: made.exam.breasts.map((breast) => ({ ...breast, score: 1, lesions: [] })),
  });
  it("says of an exam without findings that there are none, and what was looked for all the same", async () => {
    const { dataSet } = await parseDicom(await mammographyCadSr(quiet(), made.images, options));
    const all = items(dataSet);
    const values = (concept: string): readonly string[] =>
      all.filter((one) => one.concept === concept).map(({ node }) => text(node.elements.get(0x0040_a168)!.items![0]!, 0x0008_0100));
    expect(values("111017")).toEqual(["111241"]);
    expect(values("111022")).toEqual(["129793001", "129769006"]);
    expect(all.filter(({ concept, node }) => concept === "111063" && !node.elements.has(0x0040_a730))).toEqual([]);
    const other = await parseDicom(await mammographyCadSr(quiet(), made.images, { ...options, lookedFor: ["distortion"] }));
    expect(items(other.dataSet).filter(({ concept }) => concept === "111022")).toHaveLength(1);
  });

  it.skipIf(!commandExists("dciodvfy"))("holds to its information object without findings too (needs dciodvfy of dicom3tools)", async () => {
    const { object, complaints } = dciodvfy(await mammographyCadSr(quiet(), made.images, options));
    expect({ object, errors: complaints.filter((line) => line.startsWith("Error")) }).toEqual({ object: "MammographyCADSR", errors: [] });
  });

  it("refuses a lesion without findings, a score between two, a day that is none and an algorithm's name that does not fit", async () => {
    const [breast] = made.exam.breasts;
    const empty = { ...made.exam, breasts: [{ ...breast!, lesions: [{ ...breast!.lesions[0]!, findings: [] }] }] };
    const { algorithm } = options;
    for (const [exam, more] of [
      [empty, {}],
      [{ ...made.exam, score: 7.3 }, {}],
      [made.exam, { at: "2026-02-31T12:30:00" }],
      [made.exam, { at: "2026-02-01T25:30:00" }],
      [made.exam, { algorithm: { ...algorithm, name: "x".repeat(65) } }],
      [made.exam, { algorithm: { ...algorithm, version: "1\\2" } }],
    ] as const)
      await expect(mammographyCadSr(exam, made.images, { ...options, ...more })).rejects.toThrow(RangeError);
  });

  it("is the same for the same report, and another instance for any other", async () => {
    const again = await mammographyCadSr(made.exam, made.images, options);
    expect(again).toEqual(report);
    const later = await mammographyCadSr(made.exam, made.images, { ...options, at: "2026-03-01T12:30:01" });
    const uidOf = async (bytes: Uint8Array): Promise<string> => text((await parseDicom(bytes)).dataSet, 0x0008_0018);
    expect(await uidOf(later)).not.toBe(await uidOf(report));
  });

  it("belongs to the patient and study of its images, in their words and characters", async () => {
    const { dataSet } = await parseDicom(report);
    const source = made.images[0]!.file.dataSet;
    for (const tag of [0x0010_0010, 0x0010_0020, 0x0010_0030, 0x0020_000d, 0x0008_0020, 0x0008_0005])
      expect(text(dataSet, tag)).toBe(text(source, tag));
  });

  it("repeats no date that is none, and no time", async () => {
    const [image] = made.images;
    const bytes = made.files[0]!.slice();
    const file = await parseDicom(bytes);
    bytes.fill(0x30, file.dataSet.elements.get(0x0008_0020)!.offset, file.dataSet.elements.get(0x0008_0020)!.offset + 8);
    bytes.fill(0x39, file.dataSet.elements.get(0x0008_0030)!.offset, file.dataSet.elements.get(0x0008_0030)!.offset + 6);
    const { dataSet } = await parseDicom(await mammographyCadSr(made.exam, [{ ...image!, file }, ...made.images.slice(1)], options));
    expect([text(dataSet, 0x0008_0020), text(dataSet, 0x0008_0030)]).toEqual(["", ""]);
    expect(items(dataSet).filter(({ concept }) => concept === "111060")).toHaveLength(3);
  });

  it("refuses images of two studies, none, a finding without its image and a time in another form", async () => {
    const code = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => "none",
        (error: unknown) => (error instanceof DicomError ? error.code : (error as Error).name),
      );
    expect(await code(mammographyCadSr(made.exam, [], options))).toBe("wrong-study");
    expect(await code(mammographyCadSr(made.exam, made.images.slice(0, 2), options))).toBe("RangeError");
    expect(await code(mammographyCadSr(made.exam, made.images, { ...options, at: "today" }))).toBe("TypeError");
    const [image] = made.images;
    const other = { ...image!, file: { ...image!.file, dataSet: { ...image!.file.dataSet, elements: new Map(image!.file.dataSet.elements) } } };
    (other.file.dataSet.elements as Map<number, unknown>).delete(0x0020_000d);
    expect(await code(mammographyCadSr(made.exam, [other], options))).toBe("missing-attribute");
  });

  it("spells its codes as the standard does", () => {
    const { meanings } = golden<{ readonly meanings: Readonly<Record<string, string>> }>("codes", import.meta.url);
    const known = [...Object.values(codes), ...allViewCodes].filter(([, scheme]) => scheme === "DCM" || scheme === "SCT");
    expect(known.length).toBeGreaterThan(60);
    for (const [code, scheme, meaning] of known) expect(meanings[`${code} ${scheme}`], code).toBe(meaning);
  });

  it.skipIf(!commandExists("dciodvfy"))("holds to its information object (needs dciodvfy of dicom3tools)", () => {
    const { object, complaints } = dciodvfy(report);
    expect(object).toBe("MammographyCADSR");
    // The only scheme that the tool cannot know is ours; (0008,0110) in the file says what it is.
    expect(complaints).toEqual(["Warning - Unrecognized defined term <99MAMMO> for value 1 of attribute <Coding Scheme Designator>"]);
  });

  it.skipIf(!commandExists("dsrdump"))("is read as a structured report (needs dsrdump of dcmtk)", () => {
    const { status, stdout, stderr } = judge("dsrdump", report, ["--print-all-codes"]);
    expect({ status, errors: stderr.split("\n").filter((line) => /^[EF]:/.test(line)) }).toEqual({ status: 0, errors: [] });
    expect(stdout).toContain("Mammography CAD SR Document");
    expect(stdout).toMatch(/Single Image Finding[\s\S]*Probability of cancer[\s\S]*31\.34[\s\S]*<selected from 1\.2\.1>/);
  });

  it.skipIf(!commandExists("Orthanc"))("is taken by an archive and comes back the same (needs Orthanc)", async () => {
    await withArchive(async (address) => expect(await throughArchive(address, report)).toEqual(report));
  });
});
