import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { viewPositions } from "@mammo/mammogram";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { commandExists } from "@mammo/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ByteSource, parseDicom, readExam, readMammogram, selectViews } from "../src/index.ts";
import { groupExams, readExamImage } from "../src/node.ts";
import { dataSet, type Element, type MammogramOptions, mammogram, part10 } from "./writeDicom.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mammo-exams-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

let instances = 0;
/** A view with a SOP Instance UID of its own and, if told, a time. */
const view = (options: MammogramOptions & { readonly time?: string } = {}): Uint8Array => {
  const { time, extra = [], ...rest } = options;
  const own: Element[] = [[0x00080018, "UI", `1.2.9.${++instances}`]];
  if (time) own.push([0x00080022, "DA", "20200101"], [0x00080032, "TM", time]);
  return mammogram({ rows: 120, columns: 80, mm: 2, ...rest, extra: [...own, ...extra] });
};
const coded = (position: string, modifier: string): Element => [
  0x00540220,
  "SQ",
  [
    [
      [0x00080100, "SH", position],
      [0x00540222, "SQ", [[[0x00080100, "SH", modifier]]]],
    ],
  ],
];
const put = async (name: string, bytes: Uint8Array): Promise<string> => {
  const path = join(root, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, bytes);
  return path;
};

describe("groupExams", () => {
  it("finds the exams of a folder, whatever else lies there", async () => {
    const first = view({ view: "MLO", time: "100000" });
    await put("a/x/1", first);
    await put("a/2.dcm", view({ view: "CC", time: "095959" }));
    await put("b/3", view({ studyUid: "1.2.4" }));
    await put("b/again", first);
    await put("b/resent", mammogram({ extra: [[0x00080018, "UI", `1.2.9.${instances}`]], mm: 1 }));
    await put("notes.txt", new TextEncoder().encode("a note"));
    await put("report.dcm", mammogram({ sopClass: "1.2.840.10008.5.1.4.1.1.88.50" }));
    await put("broken.dcm", view().subarray(0, 400));
    await symlink(root, join(root, "loop"));
    const { exams, skipped, duplicates, unreadable } = await groupExams(root);
    expect(
      exams.map(({ studyInstanceUid, images }) => [studyInstanceUid, images.map(({ path, order }) => [path.slice(root.length + 1), order])]),
    ).toEqual([
      [
        "1.2.3",
        [
          ["a/2.dcm", 0],
          ["a/x/1", 1],
        ],
      ],
      ["1.2.4", [["b/3", 0]]],
    ]);
    expect(exams[0]!.id).toBe(createHash("sha256").update("1.2.3").digest("hex"));
    expect(skipped).toEqual({ notDicom: 1, notMammography: 1, dicomDir: 0, absent: 0 });
    expect(duplicates.map(({ path, of }) => [path, of].map((name) => name.slice(root.length + 1)))).toEqual([
      ["b/again", "a/x/1"],
      ["b/resent", "b/3"],
    ]);
    expect(unreadable).toMatchObject([{ path: join(root, "broken.dcm"), error: { code: "no-pixels" } }]);
  });

  it("takes a list of folders and files, each file once", async () => {
    const one = await put("a/1.dcm", view());
    await put("a/2.dcm", view({ view: "MLO" }));
    const three = await put("c/3.dcm", view({ laterality: "R" }));
    const { exams, skipped } = await groupExams([one, join(root, "a"), three]);
    expect(exams).toHaveLength(1);
    expect(skipped.absent).toBe(0);
    expect(exams[0]!.images.map(({ path }) => path)).toEqual([one, join(root, "a/2.dcm"), three]);
  });

  it("knows the same bytes again where no instance is named", async () => {
    const nameless = mammogram({ without: [0x00080018] });
    for (const name of ["1", "2"]) await put(name, nameless);
    await put("3", mammogram({ without: [0x00080018], mm: 1 }));
    const { exams, duplicates } = await groupExams(root);
    expect(exams[0]!.images.map(({ path }) => path)).toEqual([join(root, "1"), join(root, "3")]);
    expect(duplicates).toEqual([{ path: join(root, "2"), of: join(root, "1") }]);
  });

  it("groups files without a study by themselves, and sorts by instance where there is no time", async () => {
    await put("1", view({ without: [0x0020000d] }));
    await put("2", view({ without: [0x0020000d] }));
    await put("3", view({ extra: [[0x00200013, "IS", "10"]] }));
    await put("4", view({ extra: [[0x00200013, "IS", "9"]], view: "MLO" }));
    const { exams } = await groupExams(root);
    expect(exams.map(({ images }) => images.map(({ order }) => order))).toEqual([[0], [0], [1, 0]]);
  });

  it("names what is broken by its code", async () => {
    const bytes = view();
    await put("cut", bytes.subarray(0, bytes.length - 10));
    await put("headless", view({ without: [0x00280010] }));
    expect((await groupExams(root)).unreadable.map(({ error }) => error.code)).toEqual(["truncated", "missing-attribute"]);
  });

  it.skipIf(process.platform === "win32")("goes on where the file system does not give one of the files", async () => {
    await put("good", view());
    // Nobody may open a socket as a file, root neither.
    const path = join(root, "SECRET");
    const server = createServer().listen(path);
    await once(server, "listening");
    try {
      const { exams, unreadable } = await groupExams([path, root]);
      expect(exams).toHaveLength(1);
      expect(unreadable).toMatchObject([{ path, error: { name: "DicomError", code: "unreadable" } }]);
      expect(`${unreadable[0]!.error.message} ${unreadable[0]!.error.cause}`).not.toContain("SECRET");
    } finally {
      server.close();
    }
  });

  it("refuses a path that is not there, and a file beyond the limit", async () => {
    await expect(groupExams(join(root, "nothing"))).rejects.toMatchObject({ code: "ENOENT" });
    const path = await put("large", view());
    expect((await groupExams(root, { limits: { fileBytes: 100 } })).unreadable).toMatchObject([{ path, error: { code: "limit-exceeded" } }]);
  });

  const record = (type: string, id: string | undefined, inUse = 0xffff): readonly Element[] => [
    [0x00041410, "US", inUse],
    [0x00041430, "CS", type],
    ...(id === undefined ? [] : [[0x00041500, "CS", id] as const]),
  ];
  const directoryOf = (...records: readonly (readonly Element[])[]): Uint8Array =>
    part10("1.2.840.10008.1.2.1", dataSet([[0x00041220, "SQ", [[[0x00041430, "CS", "STUDY"]], ...records]]], { explicit: true, littleEndian: true }));
  const directory = (...ids: readonly string[]): Uint8Array => directoryOf(...ids.map((id) => record("IMAGE", id)));

  it("passes over records out of use, of other things and without a file", async () => {
    for (const name of ["A", "B", "C"]) await put(name, view());
    const records = [record("IMAGE", "A", 0), record("SR DOCUMENT", "B"), record("IMAGE", undefined), record("IMAGE", "C", 1)];
    const { exams, skipped } = await groupExams(await put("DICOMDIR", directoryOf(...records)));
    expect(exams.flatMap(({ images }) => images.map(({ path }) => path))).toEqual([join(root, "C")]);
    expect(skipped).toEqual({ notDicom: 0, notMammography: 0, dicomDir: 0, absent: 0 });
  });

  it("takes eight names of 64 characters in a DICOMDIR, and no longer ones", async () => {
    const names = (count: number, length: number): Uint8Array => directory(Array(count).fill("A".repeat(length)).join("\\"));
    expect((await groupExams(await put("DICOMDIR", names(8, 64)))).skipped.absent).toBe(1);
    for (const [count, length] of [[9, 1], [1, 65]] as const) // biome-ignore format: one row
      await expect(groupExams(await put("DICOMDIR", names(count, length)))).rejects.toMatchObject({ code: "invalid-attribute" });
  });

  it("follows a DICOMDIR, and finds names in small letters", async () => {
    await put("IMAGES/A1", view());
    await put("images2/b1", view({ view: "MLO" }));
    await put("OTHER/C1", view({ laterality: "R" }));
    const path = await put("DICOMDIR", directory("IMAGES\\A1", "IMAGES2\\B1", "GONE\\X", "IMAGES\\A1"));
    const { exams, skipped } = await groupExams(path);
    expect(exams.flatMap(({ images }) => images.map((image) => image.path.slice(root.length + 1)))).toEqual(["IMAGES/A1", "images2/b1"]);
    expect(skipped.absent).toBe(1);
    expect((await groupExams(root)).skipped.dicomDir).toBe(1);
  });

  it("takes a file that is only called DICOMDIR for what it is, and a name as it is before one with an ending", async () => {
    const image = await put("disc/DICOMDIR", view());
    expect((await groupExams(image)).exams.flatMap(({ images }) => images.map(({ path }) => path))).toEqual([image]);
    for (const name of ["a1", "a1.dcm"]) await put(name, view());
    expect((await groupExams(image)).skipped.absent).toBe(0);
    // A name without letters stands for no file.
    const { exams, skipped } = await groupExams(await put("DICOMDIR", directory("A1", "")));
    expect(exams.flatMap(({ images }) => images.map(({ path }) => path))).toEqual([join(root, "a1")]);
    expect(skipped.absent).toBe(0);
  });

  it("lists a DICOMDIR's folder once, however many of its records lead nowhere", { timeout: 60_000 }, async () => {
    for (let file = 0; file < 1000; file++) await put(`F${file}`, new Uint8Array(0));
    const path = await put("DICOMDIR", directory(...Array.from({ length: 20_000 }, (_, k) => `GONE${k}`)));
    const start = process.cpuUsage();
    expect((await groupExams(path)).skipped.absent).toBe(20_000);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(4);
  });

  it("finds files by a DICOMDIR that does not name their extension", async () => {
    await put("IMAGES/A1.dcm", view());
    await put("images2/b1.DCM", view({ view: "MLO" }));
    await put("IMAGES3/C1.IMA", view({ laterality: "R" }));
    const { exams, skipped } = await groupExams(await put("DICOMDIR", directory("IMAGES\\A1", "IMAGES2\\B1", "IMAGES3\\C1", "IMAGES\\A")));
    expect(exams.flatMap(({ images }) => images.map((image) => image.path.slice(root.length + 1)))).toEqual([
      "IMAGES/A1.dcm",
      "images2/b1.DCM",
      "IMAGES3/C1.IMA",
    ]);
    expect(skipped.absent).toBe(1);
  });

  it.each(["..\\..\\SECRET", "/etc/SECRET", "A\\..\\SECRET", "LINK\\SECRET", `${"A\\".repeat(8)}B`])(
    "does not follow a DICOMDIR to %s",
    async (id) => {
      const outside = await mkdtemp(join(tmpdir(), "mammo-outside-"));
      await writeFile(join(outside, "SECRET"), view());
      await symlink(outside, join(root, "LINK"));
      const error = await groupExams(await put("DICOMDIR", directory(id))).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ name: "DicomError", code: "invalid-attribute" });
      expect(String(error)).not.toContain("SECRET");
      await rm(outside, { recursive: true });
    },
  );

  it.skipIf(!commandExists("dcmmkdir"))("follows a DICOMDIR that DCMTK made (needs dcmmkdir)", async () => {
    const device = { ...devices.aldebaran, compression: "none" } as const;
    for (const [image, position] of (["CC", "MLO"] as const).entries())
      await put(
        `MG/${position}`,
        encodeDicom(renderView({ seed: 1, woman: 1, exam: 1, image, laterality: "L", view: position, device, lesions: [] })),
      );
    await promisify(execFile)("dcmmkdir", ["+r", "+id", root, "+D", join(root, "DICOMDIR"), "--invent"], { cwd: root });
    const { exams, skipped } = await groupExams(join(root, "DICOMDIR"));
    expect(exams.map(({ images }) => images.map(({ header }) => header.view.position).sort())).toEqual([["CC", "MLO"]]);
    expect(skipped.absent).toBe(0);
  });
});

describe("selectViews", () => {
  const chosen = async (files: Readonly<Record<string, Uint8Array>>, policy: Parameters<typeof selectViews>[1] = {}) => {
    for (const [name, bytes] of Object.entries(files)) await put(name, bytes);
    const { exams } = await groupExams(root);
    const { kept, leftOut, missing } = selectViews(exams[0]!.images, policy);
    const name = ({ path }: { readonly path: string }): string => path.slice(root.length + 1);
    return {
      kept: kept.map(name).join(" "),
      leftOut: leftOut.map(({ image, rule, instead }) => `${name(image)}: ${rule}${instead.map((other) => ` ${name(other)}`).join("")}`),
      missing: missing.map(({ laterality, position }) => `${laterality}-${position}`).join(" "),
    };
  };
  const processing = { sopClass: "1.2.840.10008.5.1.4.1.1.1.2.1", extra: [[0x00080068, "CS", "FOR PROCESSING"]] } as const;
  const stack = { sopClass: "1.2.840.10008.5.1.4.1.1.13.1.3" } as const;

  it("keeps all that shows something of its own, and tells what is missing", async () => {
    const files = { cc: view(), mlo: view({ view: "MLO" }), spot: view({ extra: [coded("R-10242", "R-102D7")] }), twice: view() };
    expect(await chosen(files)).toEqual({ kept: "cc mlo spot twice", leftOut: [], missing: "R-CC R-MLO" });
    expect(await chosen({}, { expected: [{ laterality: "L", position: "CC" }] })).toMatchObject({ missing: "" });
    await expect(chosen({}, { missing: "refuse" })).rejects.toMatchObject({ code: "missing-view", message: "Expected an exam with R-CC, R-MLO" });
    const expected = [{ laterality: "L", position: "CC" }, { laterality: "R", position: "CC" }] as const; // biome-ignore format: one row
    await expect(chosen({}, { expected, missing: "refuse" })).rejects.toMatchObject({ message: "Expected an exam with R-CC" });
  });

  it("prefers images for presentation to raw ones of the same view, or the other way", async () => {
    const files = { a: view(processing), b: view(), c: view({ ...processing, view: "MLO" }) };
    expect(await chosen(files)).toMatchObject({ kept: "b c", leftOut: ["a: intent b"] });
    expect(await chosen({}, { intent: "processing" })).toMatchObject({ kept: "a c", leftOut: ["b: intent a"] });
    expect(await chosen({}, { intent: "all" })).toMatchObject({ kept: "a b c" });
  });

  it("prefers an image to a stack of the same view, or the other way", async () => {
    const files = { a: view(stack), b: view(), c: view({ ...stack, view: "MLO" }) };
    expect(await chosen(files)).toMatchObject({ kept: "b c", leftOut: ["a: tomosynthesis b"] });
    expect(await chosen({}, { tomosynthesis: "stack" })).toMatchObject({ kept: "a c", leftOut: ["b: tomosynthesis a"] });
  });

  it("prefers views with the implant displaced, and counts them as the views that they stand for", async () => {
    const files = {
      a: view(),
      b: view({ view: "CCID" }),
      c: view({ view: "MLO", extra: [coded("R-10226", "R-102D5")] }),
      d: view({ view: "MLO" }),
      e: view({ laterality: "R" }),
    };
    expect(await chosen(files)).toEqual({ kept: "b c e", leftOut: ["a: implant b", "d: implant c"], missing: "R-MLO" });
    expect(await chosen({}, { implant: "whole" })).toMatchObject({ kept: "a d e", leftOut: ["b: implant a", "c: implant d"] });
    expect(await chosen({}, { implant: "all" })).toMatchObject({ kept: "a b c d e" });
  });

  const part: Element = [0x00281350, "CS", "YES"];

  it("leaves no part of a large breast in favor of another, whatever the rule", async () => {
    const raw = [...processing.extra, part];
    const files = {
      a: view({ ...processing, extra: raw }),
      b: view({ extra: [part] }),
      c: view({ ...stack, extra: [part] }),
      d: view(),
      e: view({ view: "CCID", extra: [part] }),
    };
    expect(await chosen(files)).toMatchObject({ kept: "a b c d e", leftOut: [] });
  });

  it("leaves no raw image without one for presentation of its own", async () => {
    const files = { a: view(processing), b: view(), c: view(processing), d: view({ ...processing, view: "MLO" }), e: view({ view: "MLO" }) };
    expect(await chosen(files)).toMatchObject({ kept: "a b c e", leftOut: ["d: intent e"] });
    await put("f", view());
    expect(await chosen({})).toMatchObject({ kept: "b e f", leftOut: ["a: intent b f", "c: intent b f", "d: intent e"] });
  });

  it("misses a view that is there only as a spot, in parts, or of a test object", async () => {
    const files = {
      a: view({ extra: [coded("R-10242", "R-102D7")] }),
      b: view({ view: "MLO", extra: [part] }),
      c: view({ laterality: "R", extra: [[0x00280300, "CS", "YES"]] }),
      d: view({ laterality: "R", view: "MLO", extra: [coded("R-10226", "R-102D1")] }),
    };
    expect(await chosen(files)).toMatchObject({ kept: "a b c d", missing: "L-CC L-MLO R-CC R-MLO" });
    expect(await chosen({}, { expected: [{ laterality: "R", position: "AT" }] })).toMatchObject({ missing: "" });
  });

  it("takes a view with a modifier that it does not know for none that it knows", async () => {
    const unknown = { extra: [coded("R-10242", "123456")] };
    const files = { a: view(), b: view(unknown), c: view(unknown), d: view({ ...processing, extra: [...processing.extra, ...unknown.extra] }) };
    expect(await chosen(files, { intent: "all", repeated: "latest" })).toMatchObject({ kept: "a b c d", leftOut: [] });
    expect(await chosen({}, { extra: "leave" })).toMatchObject({ kept: "a" });
  });

  it("lets neither a computed picture nor a test object stand for a real image", async () => {
    const computed: Element = [0x00080008, "CS", "DERIVED\\PRIMARY\\TOMOSYNTHESIS\\GENERATED_2D"];
    const files = {
      a: view({ time: "100000" }),
      b: view({ time: "110000", extra: [computed] }),
      c: view({ time: "120000", extra: [[0x00280300, "CS", "YES"]] }),
      d: view({ view: "MLO", ...processing }),
      e: view({ view: "MLO", extra: [computed] }),
    };
    expect(await chosen(files, { repeated: "latest" })).toMatchObject({ kept: "a c d e", leftOut: ["b: repeated a"] });
  });

  it("leaves extra views where told so", async () => {
    const files = {
      a: view(),
      b: view({ view: "ML" }),
      c: view({ view: "XCCL" }),
      d: view({ view: "MLOID" }),
      e: view({ extra: [coded("R-10242", "R-102D6")] }),
    };
    expect(await chosen(files, { extra: "leave" })).toMatchObject({ kept: "a d", leftOut: ["b: extra", "c: extra", "e: extra"] });
  });

  it("takes the latest of repeated views, whatever their names, and all parts of a large breast", async () => {
    const files = {
      a: view({ time: "120000" }),
      b: view({ time: "110000" }),
      c: view({ view: "MLO", extra: [part] }),
      d: view({ view: "MLO", extra: [part] }),
      e: view({ laterality: "R", time: "130000" }),
      f: view({ extra: [coded("R-10242", "R-102D7")] }),
    };
    expect(await chosen(files, { repeated: "latest" })).toMatchObject({ kept: "a c d e f", leftOut: ["b: repeated a"] });
    await expect(chosen({}, { repeated: "largest" })).rejects.toThrow(RangeError);
  });

  it("never leaves out what it cannot compare", async () => {
    const files = { a: view({ without: [0x00185101] }), b: view({ without: [0x00185101], ...processing }), c: view({ without: [0x00200062] }) };
    expect(await chosen(files, { repeated: "latest" })).toMatchObject({ kept: "a b c", leftOut: [] });
  });
});

describe("readExam", () => {
  it("reads what the policy keeps, from any kind of list, and says what it left", async () => {
    async function* files() {
      yield view({ view: "CCID" });
      yield view();
      yield view({ view: "MLO", time: "100000" });
      yield view({ view: "MLO", time: "110000" });
    }
    const exam = await readExam(files(), { policy: { repeated: "latest" } });
    expect(exam.images.map((image) => image.view)).toEqual(["CCID", "MLO"]);
    expect(exam.leftOut).toEqual([
      { image: 2, rule: "implant", instead: [1] },
      { image: 3, rule: "repeated", instead: [4] },
    ]);
    expect(exam.missing).toEqual([
      { laterality: "R", position: "CC" },
      { laterality: "R", position: "MLO" },
    ]);
  });

  it("takes the largest of repeated views by the breast that it shows", async () => {
    const exam = await readExam([view({ mm: 2 }), view({ mm: 3 }), view({ mm: 1 }), view({ view: "MLO" })], { policy: { repeated: "largest" } });
    expect(exam.leftOut).toEqual([
      { image: 1, rule: "repeated", instead: [2] },
      { image: 3, rule: "repeated", instead: [2] },
    ]);
    expect(exam.images).toHaveLength(2);
    // Of two as large, the first stays.
    // Which view is missing is told by the files' own views, whatever is to be taken for one that tells none.
    const missing = (await readExam([view()], { view: "MLO" })).missing.map(({ laterality, position }) => `${laterality}-${position}`);
    expect(missing.sort()).toEqual(["L-MLO", "R-CC", "R-MLO"]);
    expect((await readExam([view(), view()], { policy: { repeated: "largest" } })).leftOut).toEqual([{ image: 2, rule: "repeated", instead: [1] }]);
  });

  it("refuses several files that name no study, and takes one", async () => {
    const nameless = (): Uint8Array => view({ without: [0x0020000d] });
    await expect(readExam([nameless(), nameless()])).rejects.toMatchObject({ code: "wrong-study" });
    expect((await readExam([nameless()])).studyInstanceUid).toBe("");
  });

  it("reads the same instance once, and files without one each", async () => {
    const first = view();
    const exam = await readExam([first, view({ view: "MLO" }), first, ...[1, 2].map(() => mammogram({ without: [0x00080018] }))]);
    expect(exam.images).toHaveLength(4);
    expect(exam.leftOut).toEqual([{ image: 3, rule: "duplicate", instead: [1] }]);
  });

  it("does not open the pixels of what it leaves", async () => {
    const broken = view({
      syntax: "1.2.840.10008.1.2.4.70",
      pixelElement: new Uint8Array(0),
      sopClass: "1.2.840.10008.5.1.4.1.1.1.2.1",
      extra: [[0x00080068, "CS", "FOR PROCESSING"]],
    });
    await expect(readExam([broken])).rejects.toMatchObject({ message: expect.stringMatching(/^File 1 of the exam/) });
    expect((await readExam([broken, view()])).leftOut).toEqual([{ image: 1, rule: "intent", instead: [2] }]);
  });

  it.each(viewPositions)("carries the view %s from file to exam", async (position) => {
    await put("left", view({ view: position }));
    await put("right", view({ view: position, laterality: "R" }));
    const { exams } = await groupExams(root);
    expect(selectViews(exams[0]!.images).kept.map(({ header }) => header.view.position)).toEqual([position, position]);
    const exam = await readExam([view({ view: position }), view({ view: position, laterality: "R" })]);
    expect(exam.images.map((image) => [image.laterality, image.view])).toEqual([
      ["L", position],
      ["R", position],
    ]);
  });
});

describe("an exam that is scored and reported", () => {
  /** A source that keeps the ranges that were read of it. */
  const watched = (bytes: Uint8Array): ByteSource & { readonly ranges: string[] } => {
    const ranges: string[] = [];
    return {
      size: bytes.length,
      async read(from, to) {
        ranges.push(`${from}-${to}`);
        return bytes.slice(from, to);
      },
      ranges,
    };
  };

  it("is read once: no range of a file is asked for twice", async () => {
    const sources = [
      watched(view({ view: "CC", rows: 600, columns: 400, mm: 0.4 })),
      watched(view({ view: "MLO", rows: 600, columns: 400, mm: 0.4 })),
    ];
    const { images, mammograms } = await readExam(sources);
    expect(mammograms.every(({ image }, at) => image === images[at])).toBe(true);
    expect(mammograms.map(({ header }) => header.view.position)).toEqual(["CC", "MLO"]);
    for (const { ranges } of sources) expect(new Set(ranges).size).toBe(ranges.length);
  });

  it("gives file, header and image together, from bytes, a parsed file and a grouped one alike", async () => {
    const path = await put("one.dcm", view());
    const bytes = view({ view: "MLO" });
    const parsed = await parseDicom(bytes);
    const [ofBytes, ofParsed] = [await readMammogram(bytes), await readMammogram(parsed)];
    expect(ofParsed.file).toBe(parsed);
    const { pixels, ...standard } = ofParsed.image;
    const { pixels: expected, ...alike } = ofBytes.image;
    expect(standard).toEqual(alike);
    expect(Buffer.compare(Buffer.from(pixels.buffer), Buffer.from(expected.buffer))).toBe(0);
    expect(ofParsed.header).toEqual(ofBytes.header);
    const [image] = (await groupExams(path)).exams[0]!.images;
    const found = await readExamImage(image!);
    expect(found.header).toEqual(image!.header);
    expect(found.image.source.sha256).toBe(image!.sha256);
    expect(found.file.dataSet.elements.size).toBeGreaterThan(0);
  });
});
