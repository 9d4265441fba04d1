import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boxFromSource } from "@mammo/mammogram";
import { dataFolder } from "@mammo/testing";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CohortError, readCohortImage, readDreamCohort, readMiasCohort, requireTwoClasses } from "../src/node.ts";
import { breastCells, mammogram } from "./writeDicom.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mammo-io-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const crosswalkHead = "subjectId\texamIndex\timageIndex\tview\tlaterality\tfilename\tcancer";
const examsHead = "subjectId\texamIndex\tdaysSincePreviousExam\tcancerL\tcancerR\tinvL\tinvR\tage\tbmi";
const images = [
  "SECRET1\t1\t1\tCC\tL\ta.dcm\t1",
  "SECRET1\t1\t2\tMLO\tL\tb.dcm\t1",
  "SECRET1\t1\t3\tCC\tR\tc.dcm\t0",
  "SECRET2\t1\t1\tCC\tL\td.dcm\t0",
];
const exams = ["SECRET1\t1\t.\t1\t0\t1\t0\t61\t22.5", "SECRET2\t1\t.\t0\t.\t0\t.\t55\t30"];

async function dream(
  tables: {
    readonly images?: readonly string[];
    readonly exams?: readonly string[] | null;
    readonly annotations?: readonly string[];
    readonly head?: string;
  } = {},
): Promise<string> {
  await mkdir(join(root, "images"), { recursive: true });
  const sides = { a: ["L", "CC"], b: ["L", "MLO"], c: ["R", "CC"], d: ["L", "CC"] } as const;
  for (const [name, [laterality, view]] of Object.entries(sides))
    await writeFile(join(root, "images", `${name}.dcm`), mammogram({ laterality, view }));
  await writeFile(join(root, "images_crosswalk.tsv"), `${[tables.head ?? crosswalkHead, ...(tables.images ?? images)].join("\n")}\n`);
  if (tables.exams !== null) await writeFile(join(root, "exams_metadata.tsv"), `${[examsHead, ...(tables.exams ?? exams)].join("\n")}\n`);
  if (tables.annotations)
    await writeFile(join(root, "annotations.tsv"), ["filename\tkind\tmalignant\ttop\tleft\tbottom\tright", ...tables.annotations].join("\n"));
  return root;
}

describe("readDreamCohort", () => {
  it("reads images, breasts, exams and lesions, and names the cohort by its bytes", async () => {
    const cohort = await readDreamCohort(await dream({ annotations: ["a.dcm\tmass\t1\t100\t10\t120.5\t40"] }));
    expect(cohort.images.map(({ id, patientId, exam, laterality, view, cancer }) => [id, patientId, exam, laterality, view, cancer])).toEqual([
      ["a.dcm", "SECRET1", "SECRET1/1", "L", "CC", 1],
      ["b.dcm", "SECRET1", "SECRET1/1", "L", "MLO", 1],
      ["c.dcm", "SECRET1", "SECRET1/1", "R", "CC", 0],
      ["d.dcm", "SECRET2", "SECRET2/1", "L", "CC", 0],
    ]);
    expect(cohort.images[0]!.lesions).toEqual([{ kind: "mass", malignant: true, box: { top: 100, left: 10, bottom: 120.5, right: 40 } }]);
    expect(cohort.images[1]!.lesions).toEqual([]);
    expect(cohort.exams[1]).toMatchObject({ id: "SECRET2/1", cancer: { L: 0 }, invasive: { L: 0 }, metadata: { age: "55", bmi: "30" } });
    expect(requireTwoClasses(cohort)).toBe(cohort);
    const again = await readDreamCohort(root);
    expect(again.sha256).toBe(cohort.sha256);
    await writeFile(join(root, "images", "a.dcm"), mammogram({ mm: 0.4 }));
    expect((await readDreamCohort(root)).sha256).not.toBe(cohort.sha256);
  });

  it("labels by the crosswalk alone where there is no exams table", async () => {
    const cohort = await readDreamCohort(await dream({ exams: null }));
    expect(cohort.images.map((image) => image.cancer)).toEqual([1, 1, 0, 0]);
    expect(cohort.exams[0]!.cancer).toEqual({ L: 1, R: 0 });
  });

  it("leaves masked labels open", async () => {
    const cohort = await readDreamCohort(
      await dream({
        images: images.map((row) => row.replace(/\t[01]$/, "\t*")),
        exams: exams.map((row) => row.replace("\t0\t.\t0\t.", "\t*\t.\t*\t.")),
      }),
    );
    expect(cohort.images.map((image) => image.cancer)).toEqual([1, 1, 0, undefined]);
  });

  it("reads an image with the cohort's breast and view", async () => {
    const cohort = await readDreamCohort(await dream());
    const image = await readCohortImage(cohort.images[2]!);
    expect(image).toMatchObject({ laterality: "R", view: "CC", rows: 1200, columns: 800, source: { sha256: cohort.images[2]!.sha256 } });
    const other = await readCohortImage({ ...cohort.images[2]!, laterality: "L" });
    expect(other.flags).toContain("table-conflict");
  });

  it.each([
    [
      "a file that is not there",
      { images: [...images, "SECRET3\t1\t1\tCC\tL\tzz.dcm\t0"], exams: [...exams, "SECRET3\t1\t.\t0\t.\t0\t.\t5\t3"] },
      "missing-file",
      /images_crosswalk\.tsv row 6(?!.*zz)/,
    ],
    ["a path out of the folder", { images: ["SECRET1\t1\t1\tCC\tL\t../a.dcm\t1"] }, "invalid-value", /row 2.*filename inside/],
    ["a column missing", { head: crosswalkHead.replace("laterality", "side") }, "missing-column", /images_crosswalk\.tsv.*laterality/],
    ["the same file twice", { images: [...images, "SECRET1\t1\t9\tCC\tL\ta.dcm\t1"] }, "duplicate-row", /row 6.*row 2/],
    ["the same image index twice", { images: [...images.slice(0, 3), "SECRET1\t1\t3\tCC\tL\td.dcm\t1"] }, "duplicate-row", /row 5.*row 4/],
    ["the same exam twice", { exams: [...exams, exams[0]!] }, "duplicate-row", /exams_metadata\.tsv row 4.*row 2/],
    [
      "an odd label",
      { exams: [exams[0]!.replace("\t1\t0\t1\t0", "\t2\t0\t1\t0"), exams[1]!] },
      "invalid-value",
      /exams_metadata\.tsv row 2: expected cancerL to be 0, 1, \. or \*/,
    ],
    [
      "an odd label of an image",
      { images: [images[0]!.replace(/1$/, "yes"), ...images.slice(1)] },
      "invalid-value",
      /images_crosswalk\.tsv row 2: expected cancer to be/,
    ],
    [
      "labels that disagree",
      { images: [images[0]!.replace(/1$/, "0"), ...images.slice(1)] },
      "invalid-value",
      /row 2: expected cancer to equal cancerL of exams_metadata\.tsv row 2/,
    ],
    [
      "an image of a breast that was not imaged",
      { exams: [exams[0]!, exams[1]!.replace("\t0\t.\t0\t.", "\t.\t0\t.\t0")] },
      "invalid-value",
      /exams_metadata\.tsv row 3.*row 5/,
    ],
    ["an unknown view", { images: [images[0]!.replace("CC", "XX"), ...images.slice(1)] }, "invalid-value", /row 2: expected view/],
    [
      "an odd laterality",
      { images: [images[0]!.replace("\tL\t", "\tB\t"), ...images.slice(1)] },
      "invalid-value",
      /row 2: expected laterality L or R/,
    ],
    ["an exam without images", { exams: [...exams, "SECRET9\t1\t.\t0\t0\t0\t0\t50\t20"] }, "no-usable-view", /exams_metadata\.tsv row 4/],
    ["an image without an exam", { exams: [exams[0]!] }, "invalid-value", /images_crosswalk\.tsv row 5/],
    ["no rows", { images: [] }, "empty-cohort", /at least one image/],
    ["a lesion in no image", { annotations: ["q.dcm\tmass\t1\t1\t1\t2\t2"] }, "missing-file", /annotations\.tsv row 2/],
    ["an empty box", { annotations: ["a.dcm\tmass\t1\t5\t1\t5\t2"] }, "invalid-value", /annotations\.tsv row 2/],
  ] as const)("refuses %s by row, without the woman", async (_name, tables, code, message) => {
    const error: unknown = await readDreamCohort(await dream(tables)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CohortError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("SECRET");
  });

  it("refuses a folder without the table", async () => {
    await expect(readDreamCohort(root)).rejects.toMatchObject({ code: "missing-file", message: expect.stringContaining("images_crosswalk.tsv") });
  });

  it("refuses one class where two are needed", async () => {
    const cohort = await readDreamCohort(await dream({ exams: null, images: images.map((row) => row.replace(/1$/, "0")) }));
    expect(() => requireTwoClasses(cohort)).toThrow(expect.objectContaining({ code: "one-class" }));
  });

  it("names the file that cannot be decoded", async () => {
    const cohort = await readDreamCohort(await dream());
    await writeFile(cohort.images[0]!.path, mammogram().subarray(0, 400));
    await expect(readCohortImage(cohort.images[0]!)).rejects.toMatchObject({ code: "truncated", message: expect.not.stringContaining("a.dcm") });
    await rm(cohort.images[0]!.path);
    await expect(readCohortImage(cohort.images[0]!)).rejects.toMatchObject({ code: "missing-file", message: expect.not.stringContaining("a.dcm") });
  });
});

describe("readMiasCohort", () => {
  const film = Uint8Array.from(breastCells({ rows: 1024, columns: 1024, laterality: "L" }), (cell) => cell / 10);
  const write = async (labels: string, table = "labels.tsv"): Promise<string> => {
    const header = new TextEncoder().encode("P5\n# a film\n1024 1024\n255\n");
    const pgm = new Uint8Array(header.length + film.length);
    pgm.set(header);
    pgm.set(film, header.length);
    await writeFile(join(root, "mdb001.pgm"), pgm);
    await writeFile(join(root, "mdb002.png"), encode({ width: 1024, height: 1024, data: film, channels: 1, depth: 8 }));
    await writeFile(join(root, table), labels);
    return root;
  };
  const head = "image\tlaterality\tview\ttissue\tclass\tseverity\tx\ty_from_bottom\tradius_px";

  it("counts y from the bottom and pairs the breasts of one woman", async () => {
    const cohort = await readMiasCohort(
      await write([head, "mdb001\tL\tMLO\tG\tCIRC\tM\t100\t424\t50", "mdb002\tR\tMLO\tG\tNORM\t\t\t\t"].join("\n")),
    );
    expect(cohort.images.map(({ patientId, laterality, view, cancer }) => [patientId, laterality, view, cancer])).toEqual([
      ["mias-001", "L", "MLO", 1],
      ["mias-001", "R", "MLO", 0],
    ]);
    expect(cohort.images[0]!.lesions).toEqual([{ kind: "mass", malignant: true, box: { top: 550, left: 50, bottom: 650, right: 150 } }]);
    const [left, right] = await Promise.all(cohort.images.map((image) => readCohortImage(image)));
    expect(left!.pixels).toHaveLength(960_000);
    expect(Buffer.from(left!.pixels.buffer).equals(Buffer.from(right!.pixels.buffer))).toBe(true);
    const box = boxFromSource(cohort.images[0]!.lesions![0]!.box, left!);
    expect(box.right - box.left).toBeCloseTo(80, 6);
  });

  it("reads Info.txt as distributed", async () => {
    const cohort = await readMiasCohort(await write("prose\n\nmdb001 G CALC M *NOTE 3*\nmdb002 D NORM \n", "Info.txt"));
    expect(cohort.images.map((image) => [image.cancer, image.lesions])).toEqual([
      [1, []],
      [0, []],
    ]);
  });

  it("names row and file of what is missing or twice there", async () => {
    await write([head, "mdb001\tL\tMLO\tG\tNORM\t\t\t\t", "mdb003\tL\tMLO\tG\tNORM\t\t\t\t"].join("\n"));
    await expect(readMiasCohort(root)).rejects.toMatchObject({ code: "missing-file", message: expect.stringMatching(/labels\.tsv row 3.*mdb003/) });
    await write([head, "mdb001\tL\tMLO\tG\tNORM\t\t\t\t", "mdb001\tL\tMLO\tG\tNORM\t\t\t\t"].join("\n"));
    await expect(readMiasCohort(root)).rejects.toMatchObject({ code: "duplicate-row" });
    await rm(join(root, "labels.tsv"));
    await expect(readMiasCohort(root)).rejects.toMatchObject({ code: "missing-file" });
  });

  it.skipIf(!dataFolder())("reads the 308 films (needs the data folder)", async () => {
    const cohort = await readMiasCohort(join(dataFolder()!, "mias"));
    expect(cohort.images).toHaveLength(308);
    expect(cohort.images.filter((image) => image.cancer === 1).length).toBeGreaterThan(40);
    const first = cohort.images[0]!;
    const image = await readCohortImage(first);
    const box = boxFromSource(first.lesions![0]!.box, image);
    expect(box.bottom - box.top).toBeCloseTo(2 * 197 * 0.8, 6);
  });
});
