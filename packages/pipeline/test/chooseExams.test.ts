import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "@mammo/files/node";
import { mammogramReader } from "@mammo/io/node";
import { element, encodePart10 } from "@mammo/io/write";
import { encodeDicom, renderView } from "@mammo/phantom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  chooseExams,
  filesOf,
  type ImageReader,
  type LeftOutFile,
  type ReadExam,
  type ReadingRules,
  readExams,
  readViewTable,
  type UnreadableFile,
} from "../src/node.ts";
import { coarse, dicomDir, filmFile } from "./filmFile.ts";

let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);
async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), bytes);
  return at(name);
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-choose-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mammogram = (image: number, view: "CC" | "MLO" = "CC"): Uint8Array =>
  encodeDicom(renderView({ seed: 4, woman: 1, exam: 1, image, laterality: "L", view, device: coarse, lesions: [] }));

const reader = mammogramReader({ threads: 2, timeoutMilliseconds: 120_000 });
afterAll(() => reader.dispose());

/** All that becomes of files, the same whoever reads them. */
async function become(paths: readonly string[], rules: ReadingRules = {}) {
  const found = await becomeBy(undefined, paths, rules);
  const { exams, ...others } = await becomeBy(reader, paths, rules);
  expect({ ...others, exams: exams.map(told) }).toEqual({ ...found, exams: found.exams.map(told) });
  return found;
}

/** With the hash of a million pixels in their place. */
const told = ({ images, files, ...exam }: ReadExam) => ({
  ...exam,
  images: images.map(({ pixels, ...image }) => ({ ...image, pixels: sha256(new Uint8Array(pixels.buffer)) })),
  files: files.map(({ dataSet }) => dataSet.elements.size),
});

async function becomeBy(reader: ImageReader | undefined, paths: readonly string[], rules: ReadingRules) {
  const [unreadable, leftOut, exams]: [UnreadableFile[], LeftOutFile[], ReadExam[]] = [[], [], []];
  const options = { onUnreadable: (file: UnreadableFile) => void unreadable.push(file), onLeftOut: (file: LeftOutFile) => void leftOut.push(file) };
  const error = await (async () => {
    for await (const exam of readExams(await chooseExams(paths, { ...options, ...rules }), { ...options, reader })) exams.push(exam);
  })().catch((cause: unknown) => cause);
  return { unreadable, leftOut, exams, error };
}
const namesOf = (files: readonly { readonly path: string }[]): readonly string[] => files.map(({ path }) => path.slice(folder.length + 1)).sort();
const viewsOf = ({ images }: ReadExam): readonly string[] => images.map(({ laterality, view }) => `${laterality}-${view}`);

describe("every file of a folder is read, or told of by its name and why", () => {
  it("a mammogram among a report, a film, a text, a repetition and a broken file", async () => {
    const whole = mammogram(1);
    await put("mixed/A.dcm", whole);
    await put("mixed/B.dcm", whole);
    await put("mixed/broken.dcm", mammogram(2, "MLO").subarray(0, 3000));
    await put("mixed/film.dcm", filmFile({ laterality: "L", view: "CC", instance: 1 }));
    await put("mixed/notes.txt", "NAME^OF^A^WOMAN came on Monday");
    await put("mixed/DICOMDIR", dicomDir("A.dcm"));
    await put("mixed/report", encodePart10([element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.88.50"), element(0x0008_0018, "UI", "2.25.7"), element(0x0020_000d, "UI", "2.25.8")])); // biome-ignore format: one file
    const { exams, unreadable, leftOut } = await become([at("mixed")]);
    expect(exams.map(viewsOf)).toEqual([["L-CC"]]);
    expect(namesOf(unreadable)).toEqual(["mixed/broken.dcm"]);
    expect(leftOut.map(({ path, why, needs }) => [path.slice(folder.length + 7), why, needs?.rules]).sort()).toEqual([
      ["B.dcm", "duplicate", undefined],
      ["film.dcm", "not-mammography", ["anySopClass", "views", "mmPerPixel"]],
      ["notes.txt", "not-dicom", undefined],
      ["report", "not-mammography", undefined],
    ]);
  });

  it("what the policy leaves out, with its exam's number; an exam of nothing else without one", async () => {
    const raw = { laterality: "L", view: "CC", mmPerPixel: 1.5, saysView: true } as const;
    const [forPresentation, forProcessing, projections] = [
      "1.2.840.10008.5.1.4.1.1.1.2",
      "1.2.840.10008.5.1.4.1.1.1.2.1",
      "1.2.840.10008.5.1.4.1.1.13.1.4",
    ];
    await put("policy/seen.dcm", filmFile({ ...raw, instance: 1, sopClass: forPresentation }));
    await put("policy/raw.dcm", filmFile({ ...raw, instance: 2, sopClass: forProcessing }));
    await put("policy/alone.dcm", filmFile({ ...raw, instance: 3, study: 2, sopClass: projections }));
    const { exams, leftOut } = await become([at("policy")]);
    expect(exams.map(viewsOf)).toEqual([["L-CC"]]);
    expect(leftOut.map(({ path, why, exam }) => [path.slice(folder.length + 8), why, exam]).sort()).toEqual([
      ["alone.dcm", "kind", undefined],
      ["raw.dcm", "intent", 1],
    ]);
  });

  it("a DICOMDIR's own images, and which of them are not there", async () => {
    await put("disc/IMAGES/A1", mammogram(1));
    await put("disc/IMAGES/A2", mammogram(2, "MLO"));
    await put("disc/IMAGES/OTHER", mammogram(3));
    await put("disc/IMAGES/TEXT", "no DICOM");
    const path = await put("disc/DICOMDIR", dicomDir("IMAGES\\A1", "IMAGES\\A2", "IMAGES\\TEXT", "GONE\\B1"));
    const { exams, leftOut } = await become([path]);
    expect(exams.map(viewsOf)).toEqual([["L-CC", "L-MLO"]]);
    expect(leftOut).toEqual(["IMAGES/TEXT", "GONE/B1"].map((name) => ({ path: at("disc", name), why: "absent" })));
    // As file systems show a disc, and as writers name its files.
    await put("shown/images/a1.dcm", mammogram(1));
    const shown = await become([await put("shown/dicomdir", dicomDir("IMAGES\\A1"))]);
    expect([shown.exams.map(viewsOf), shown.leftOut]).toEqual([[["L-CC"]], []]);
    expect((await filesOf([path, at("disc")])).files.map((file) => file.path.slice(folder.length + 6))).toEqual([
      ...["IMAGES/A1", "IMAGES/A2"],
      ...["DICOMDIR", "IMAGES/OTHER", "IMAGES/TEXT"],
    ]);
    await expect(filesOf([at("disc"), at("nowhere")])).rejects.toMatchObject({ code: "missing-file", message: expect.stringContaining("the 2. of") });
  });
});

describe("films that say neither side nor view", () => {
  const views = ["L-CC", "L-MLO", "R-CC", "R-MLO"];
  const cut = (view: string) => ({ laterality: view[0] as "L" | "R", view: view.slice(2) as "CC" | "MLO" });
  beforeAll(async () => {
    for (const [index, view] of views.entries()) {
      const side = view.startsWith("L") ? "LEFT" : "RIGHT";
      const patientId = `Mass-Test_P_00042_${side}_${view.slice(2)}`;
      const film = { ...cut(view), study: index + 1 };
      await put(`films/${index}/1-1.dcm`, filmFile({ ...film, instance: index + 1, patientId }));
      await put(`films/${index}/mask.dcm`, filmFile({ ...film, instance: index + 11, patientId: `${patientId}_1` }));
    }
  });

  it("are read by the profile of their collection as one exam, crops and masks left out", async () => {
    const { exams, leftOut, unreadable } = await become([at("films")], { profile: "cbis-ddsm", mmPerPixel: 1.5 });
    expect([exams.map(viewsOf), unreadable]).toEqual([[views], []]);
    expect(exams[0]!.missing).toEqual([]);
    expect(leftOut.map(({ why }) => why)).toEqual(["part", "part", "part", "part"]);
    expect(exams[0]!.images[0]!.source.mmPerPixel).toEqual([1.5, 1.5]);
    const [assumed] = await chooseExams([at("films")], { profile: "cbis-ddsm" });
    expect(assumed!.files[0]!.reading.sourceMmPerPixel).toEqual([0.047, 0.047]);
  });

  it("are told by a plain run with the options that would read them, and none of their names is in an error", async () => {
    const { exams, leftOut, error } = await become([at("films")]);
    expect([exams, error]).toMatchObject([[], { code: "no-mammogram" }]);
    const isMask = ({ path }: { readonly path: string }) => path.endsWith("mask.dcm");
    for (const file of leftOut)
      expect(file.needs).toEqual(isMask(file) ? undefined : { rules: ["anySopClass", "views", "mmPerPixel"], profile: "cbis-ddsm" });
    const { unreadable } = await become([at("films")], { anySopClass: true, mmPerPixel: 1.5 });
    expect([leftOut.length, unreadable.length]).toEqual([8, 8]);
    for (const { path, needs, error } of unreadable) {
      expect(needs).toEqual(isMask({ path }) ? undefined : { rules: ["views"], profile: "cbis-ddsm" });
      expect(error.message).not.toMatch(/NAME|P_00042|films/);
    }
  });

  it("are read by a table, exam by exam, in whatever form it comes", async () => {
    const rows = views.map((view, index) => [`${index}/1-1.dcm`, view[0], view.slice(2), index < 2 ? "first" : "second"]);
    for (const [name, separator] of [
      ["films/table.csv", ","],
      ["films/table.tsv", "\t"],
      ["films/semi.csv", ";"],
    ] as const) {
      // biome-ignore format: one row
      const table = await put(name, [["file", "laterality", "view", "exam"], ...rows].map((row) => row.join(separator)).join("\r\n"));
      const { exams, leftOut } = await become([at("films")], { views: await readViewTable(table), mmPerPixel: 1.5 });
      expect(exams.map(viewsOf)).toEqual([views.slice(0, 2), views.slice(2)]);
      expect(exams[0]!.images[0]!.source.mmPerPixel).toEqual([1.5, 1.5]);
      // The masks are not in it.
      expect(leftOut.filter(({ why }) => why === "not-mammography")).toHaveLength(4);
    }
  });

  it("keep what they say themselves, and take the size of a pixel from the table", async () => {
    await put("own/a.dcm", filmFile({ laterality: "L", view: "CC", instance: 1, mmPerPixel: 1.5, saysView: true }));
    await put("own/b.dcm", filmFile({ laterality: "R", view: "CC", instance: 2 }));
    const table = await put("own/t.csv", "file,laterality,view,mm_per_pixel\na.dcm,RIGHT,MLO,3\nb.dcm,right,cc,1.4\n");
    const { exams } = await become([at("own")], { views: await readViewTable(table) });
    expect(exams.map(viewsOf)).toEqual([["L-CC", "R-CC"]]);
    expect(exams[0]!.images.map(({ source }) => source.mmPerPixel[0])).toEqual([1.5, 1.4]);
  });

  it.each([
    ["file,view\na,CC\n", "a column laterality"],
    ["file,laterality,view\na,SECRET,CC\n", "row 2 of the table of views to have a laterality of L, R, LEFT or RIGHT"],
    ["file,laterality,view\na,L,SECRET\n", "row 2 of the table of views to have a view of"],
    ["file,laterality,view,mm_per_pixel\na,L,CC,SECRET\n", "mm_per_pixel above 0"],
    ["file,laterality,view\n,L,CC\n", "to have a file"],
    ["file,laterality,view\na,L\n", "row 2: expected 3 cells, got 2"],
    ["file,laterality,view\n1-1.dcm,L,CC\n", "row 2 of the table of views to mean one file, got 4"],
    ["file,laterality,view\nSECRET.dcm,L,CC\n", "to name at least one of the files, got none"],
    ["file,laterality,view\n0/1-1.dcm,L,CC\n0/1-1.dcm,L,CC\n", "another in row 3"],
  ])("refuse the table %j", async (text, message) => {
    const table = await put("films/bad.csv", text);
    const error = await (async () => chooseExams([at("films")], { views: await readViewTable(table) }))().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "table", message: expect.stringContaining(message) });
    expect(String(error)).not.toMatch(/SECRET|1-1/);
  });
});
