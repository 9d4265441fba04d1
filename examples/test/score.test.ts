import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logit } from "@mammo/ensemble";
import { dicomWebClient, firstText, parseDicom, readMammogram, tags } from "@mammo/io";
import { encodeDicom, renderView } from "@mammo/phantom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasDicomWeb, startArchive } from "../../packages/io/test/archive.ts";
import { coarse, filmFile } from "../../packages/pipeline/test/filmFile.ts";
import { run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

const secret = /NAME\^OF|P_00042|SURNAME/;
let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);
const tableAt = async (...names: readonly string[]): Promise<readonly (readonly string[])[]> =>
  (await readFile(at(...names), "utf8")).replace(/\n$/, "").split("\n").map((row) => row.split("\t")); // biome-ignore format: one chain
const score = (paths: readonly string[], ...more: readonly string[]) => run("score", [...paths, "--weights", at("bundle"), ...more]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-score-"));
  await saveUntrained(at("bundle"), { slope: 1, intercept: 0, width: 0.03125 });
  await mkdir(at("exam", "SURNAME"), { recursive: true });
  for (const [index, [laterality, view]] of (
    [
      ["L", "CC"],
      ["L", "MLO"],
      ["R", "CC"],
    ] as const
  ).entries()) {
    // biome-ignore format: one row
    const picture = renderView({ seed: 3, woman: 7, exam: 1, image: index + 1, laterality, view, device: coarse, lesions: [] });
    await writeFile(at("exam", "SURNAME", `SURNAME-${index}.dcm`), encodeDicom(picture));
  }
  await writeFile(at("exam", "SURNAME", "notes.txt"), "SURNAME");
  await mkdir(at("films"));
  for (const [index, [side, view]] of ([["LEFT", "CC"], ["LEFT", "MLO"], ["RIGHT", "CC"], ["RIGHT", "MLO"]] as const).entries()) // biome-ignore format: one row
    await writeFile(
      at("films", `SURNAME-${index}.dcm`),
      filmFile({ laterality: side[0] as "L" | "R", view, instance: index + 1, study: index + 1, patientId: `Calc-Training_P_00042_${side}_${view}` }),
    );
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run score on films without side, view and pixel size", { timeout: 120_000 }, () => {
  it("scores none of them by itself, says which option would read them, and names them only in the table beside the results", async () => {
    const ended = await score([at("films")], "--out", at("plain", "scores.json"));
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("left out: 4 files [not-mammography] ");
    expect(ended.stderr).toContain("; read by --profile cbis-ddsm, or --any-sop-class --views TABLE --mm-per-pixel N\n");
    expect(ended.stderr.trim().split("\n").at(-1)).toMatch(/^error \[no-mammogram\]: /);
    expect(ended.stdout + ended.stderr).not.toMatch(secret);
    const [heads, ...rows] = await tableAt("plain", "scores.left-out.tsv");
    expect(heads).toEqual(["file", "sha256", "exam", "why", "reason", "read"]);
    expect(rows.map(([file, , , why, , by]) => [file, why, by])).toEqual(
      [0, 1, 2, 3].map((index) => [
        at("films", `SURNAME-${index}.dcm`),
        "not-mammography",
        "with --profile cbis-ddsm, or --any-sop-class --views TABLE --mm-per-pixel N",
      ]),
    );
    expect(await readdir(at("plain"))).toEqual(["scores.left-out.tsv"]);
    const half = await score([at("films")], "--any-sop-class", "--out", at("half.json"));
    expect(half.stderr).toContain("; read by --profile cbis-ddsm, or --views TABLE --mm-per-pixel N\n");
    expect(half.stderr).not.toContain("the option");
    expect(half.status).toBe(1);
  });

  it("scores them by their collection's profile, and says so", async () => {
    const { status, stdout, stderr } = await score([at("films")], "--profile", "cbis-ddsm", "--mm-per-pixel", "1.5");
    expect([status, stderr.match(/left out|not read|error/)]).toEqual([0, null]);
    const { exams, reading } = JSON.parse(stdout);
    expect(exams.map(({ images }: { images: readonly { view: string }[] }) => images.map(({ view }) => view))).toEqual([
      ["L-CC", "L-MLO", "R-CC", "R-MLO"],
    ]);
    expect(reading).toMatch(/^read by the profile cbis-ddsm: .*; 1\.5 mm a pixel$/);
    expect(stdout).not.toMatch(secret);
  });

  it("scores those of a table", async () => {
    const table = [
      "file,laterality,view,patient",
      ...["L,CC", "L,MLO", "R,CC", "R,MLO"].map((view, index) => `SURNAME-${index}.dcm,${view},SURNAME`),
    ];
    await writeFile(at("films", "views.csv"), `${table.join("\n")}\n`);
    const { status, stdout } = await score([at("films")], "--views", at("films", "views.csv"), "--mm-per-pixel", "1.5");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      reading: "side and view by a table of 4 rows; 1.5 mm a pixel",
      leftOut: [{ why: "not-dicom", files: 1 }],
    });
    const ended = await score([at("films")], "--views", at("films", "views.csv"));
    expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining("; read by --profile cbis-ddsm, or --mm-per-pixel N\n")]);
    await rm(at("films", "views.csv"));
  });
});

describe("npm run score", { timeout: 120_000 }, () => {
  it("maps exams to files, names objects by their views, and says what is missing, left out and trained on", async () => {
    const out = ["--out", at("whole", "scores.json"), "--html", at("whole", "scores.html"), "--dicom", at("whole", "dicom")];
    const { status, stdout, stderr } = await score([at("exam")], ...out, "--map", at("whole", "map.tsv"));
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("left out: 1 file [not-dicom] no DICOM file\n");
    expect(stderr).not.toMatch(secret);
    const [heads, ...rows] = await tableAt("whole", "map.tsv");
    expect(heads).toEqual(["exam", "image", "view", "file", "sha256", "studyInstanceUid"]);
    expect(rows.map(([exam, image, view, file]) => [exam, image, view, file])).toEqual(
      ["L-CC", "L-MLO", "R-CC"].map((view, index) => ["1", String(index + 1), view, at("exam", "SURNAME", `SURNAME-${index}.dcm`)]),
    );
    for (const [, , , , hash, study] of rows)
      expect([hash, study]).toEqual([expect.stringMatching(/^[\da-f]{64}$/), expect.stringMatching(/^[\d.]+$/)]);
    expect((await readdir(at("whole", "dicom", "exam-1"))).sort()).toEqual(
      ["L-CC", "L-MLO", "R-CC"].flatMap((view) => [`boxes-${view}.dcm`, `heatmap-${view}.dcm`]).concat("report.dcm", "summary.dcm").sort(), // biome-ignore format: one list
    );
    const report = (await readFile(at("whole", "dicom", "exam-1", "report.dcm"))).toString("latin1");
    expect(report).toContain("mammo DreamNet trained on nothing");
    const page = await readFile(at("whole", "scores.html"), "utf8");
    for (const text of [
      "missing: R-MLO",
      "1 file [not-dicom] no DICOM file",
      "trained on the cohort “nothing”",
      "calibrated for exams like those only",
    ])
      expect(page.includes(text), text).toBe(true);
    expect(page).not.toMatch(secret);
    const { exams, leftOut, notice } = JSON.parse(await readFile(at("whole", "scores.json"), "utf8"));
    expect([exams[0].missing, leftOut]).toEqual([["R-MLO"], [{ why: "not-dicom", reason: "no DICOM file", files: 1 }]]);
    expect(notice).toContain("trained on the cohort “nothing”");
  });

  it("says the same to the byte whatever threads read the files, and within 1e-5 of the logit on onnxruntime", async () => {
    await mkdir(at("broken"));
    await writeFile(at("broken", "SURNAME.dcm"), (await readFile(at("exam", "SURNAME", "SURNAME-0.dcm"))).subarray(0, 5000));
    const outputs = [];
    for (const options of [[], ["--threads", "2"], ["--runner", "onnxruntime"]]) {
      const { status, stdout, stderr } = await score([at("exam"), at("broken")], ...options);
      outputs.push({ status, stdout, told: stderr.split("\n").filter((line) => !line.startsWith("score")) });
    }
    const [plain, threads, onnx] = outputs;
    expect(plain!.status).toBe(1);
    expect(threads).toEqual(plain);
    expect(onnx!.told).toEqual(plain!.told);
    const [ours, theirs] = [plain!, onnx!].map(({ stdout }) => JSON.parse(stdout));
    expect(theirs.scored.backend).toBe(`onnxruntime; graphs written by ${ours.scored.backend}`);
    const logits = ({ exams: [{ breasts }] }: typeof ours): readonly number[] =>
      breasts.map(({ probability: p }: { probability: number }) => Math.log(p / (1 - p)));
    expect(logits(ours)).toHaveLength(2);
    for (const [at, logit] of logits(ours).entries()) expect(Math.abs(logits(theirs)[at]! - logit)).toBeLessThan(1e-5);
  });

  it("with --strict ends with 1 where a DICOM file is in no score; without it does not", async () => {
    const paths = [at("exam"), at("films", "SURNAME-0.dcm")];
    expect((await score(paths, "--out", at("loose.json"))).status).toBe(0);
    const strict = await score(paths, "--strict", "--out", at("strict.json"));
    expect(strict.status).toBe(1);
    expect(strict.stderr.trim().split("\n").at(-1)).toMatch(/^error \[left-out\]: Expected all DICOM files to be scored, got 1 file left out/);
    expect(JSON.parse(await readFile(at("strict.json"), "utf8")).exams).toHaveLength(1);
    // A list of the run before would speak of other files.
    expect(await readdir(folder)).toContain("loose.left-out.tsv");
    expect((await score([at("exam", "SURNAME", "SURNAME-0.dcm")], "--out", at("loose.json"))).status).toBe(0);
    expect(await readdir(folder)).not.toContain("loose.left-out.tsv");
  });

  it("scores files that lack what DICOM results must repeat, says so, and ends with 1", async () => {
    await writeFile(at("serial.dcm"), filmFile({ laterality: "L", view: "CC", instance: 1, mmPerPixel: 1.5, saysView: true, hasSeries: false }));
    const { status, stdout, stderr } = await score([at("serial.dcm")], "--any-sop-class", "--dicom", at("serial"));
    expect([status, stderr.trim().split("\n").at(-1)]).toEqual([1, expect.stringMatching(/^error \[missing-attribute\]: .*got 1 study of others$/)]);
    expect([JSON.parse(stdout).exams.length, await readdir(at("serial"))]).toEqual([1, []]);
  });

  it("hangs a woman's earlier exam beside the later one, in the order of their dates, and says nobody's name or date", async () => {
    // By name the later one comes first.
    for (const [name, exam, date] of [
      ["a-later", 2, "20010615"],
      ["b-first", 1, "20000101"],
    ] as const) {
      // biome-ignore format: one row
      const picture = renderView({ seed: 3, woman: 7, exam, image: 1, laterality: "L", view: "CC", device: coarse, lesions: [] });
      const bytes = Buffer.from(encodeDicom(picture));
      const at0 = bytes.indexOf(Buffer.from([8, 0, 0x20, 0, 0x44, 0x41, 8, 0]));
      bytes.write(date, at0 + 8, "latin1");
      await mkdir(at("two", name), { recursive: true });
      await writeFile(at("two", name, "SURNAME.dcm"), bytes);
    }
    const ended = await score([at("two")], "--html", at("two.html"), "--map", at("two.tsv"));
    expect(ended.status).toBe(0);
    const page = await readFile(at("two.html"), "utf8");
    expect(page).toContain('Prior: <a href="#exam-1">exam 1</a>, 1.5 years before');
    expect(page.split("Prior: ")).toHaveLength(2);
    expect(page).not.toMatch(/2000-?01|20010615|PHANTOM/);
    expect((await tableAt("two.tsv")).slice(1).map(([exam, , , file]) => [exam, file!.includes("b-first")])).toEqual([["1", true], ["2", false]]); // biome-ignore format: one row
    await rm(at("two"), { recursive: true });
  });

  it("with --site scores exams of a device as its alignment says, and tells of those of others", async () => {
    const bundle = JSON.parse(await readFile(at("bundle", "bundle.json"), "utf8"));
    const sha256 = "b".repeat(64);
    await mkdir(at("kept"));
    await writeFile(at("kept", "dreamNet.safetensors"), await readFile(at("bundle", "dreamNet.safetensors")));
    await writeFile(
      at("kept", "bundle.json"),
      JSON.stringify({ ...bundle, reference: { kind: "rank reference", scores: [-2, 0, 2], sha256, cases: 20 } }),
    );
    const header = await readMammogram(await readFile(at("exam", "SURNAME", "SURNAME-0.dcm")));
    const device = [header.header.device.manufacturer, header.header.device.model].filter(Boolean).join(" ");
    const alignment = { kind: "device alignment", device, from: [-9, 9], to: [-12, 6], low: [-12, 6], high: [-12, 6], exams: 900, reference: sha256 };
    const siteOf = async (change: object) => {
      await writeFile(at("site.json"), JSON.stringify({ alignments: [{ ...alignment, ...change }] }));
      return run("score", [at("exam"), "--weights", at("kept"), "--site", at("site.json")]);
    };
    const plain = JSON.parse((await score([at("exam")])).stdout).exams[0];
    const aligned = await siteOf({});
    expect([aligned.status, aligned.stderr]).toEqual([0, expect.stringContaining("aligned to the reference: 1 exam\n")]);
    const [exam] = JSON.parse(aligned.stdout).exams;
    expect(exam.aligned).toBe(device);
    expect(logit(exam.probability)).toBeCloseTo(logit(plain.probability) - 3, 6);
    const other = await siteOf({ device: "another" });
    expect(other.stderr).toContain("aligned to the reference: 0 exams; 1 of other devices is scored as it is\n");
    expect(JSON.parse(other.stdout).exams[0].probability).toBe(plain.probability);
    expect(await siteOf({ reference: "c".repeat(64) })).toMatchObject({ status: 1, stderr: expect.stringContaining("[other-reference]") });
    expect((await score([at("exam")], "--site", at("nowhere.json"))).status).toBe(2);
  });

  it("takes a list of files as it takes files", async () => {
    await writeFile(at("list.txt"), `${[1, 2].map((index) => at("exam", "SURNAME", `SURNAME-${index}.dcm`)).join("\r\n")}\r\n`);
    const { status, stdout } = await score([at("exam", "SURNAME", "SURNAME-0.dcm")], "--files-from", at("list.txt"));
    expect([status, JSON.parse(stdout).exams[0].images.length]).toEqual([0, 3]);
    expect(await score([], "--files-from", at("nowhere.txt"))).toMatchObject({ status: 1 });
    expect(await score([])).toMatchObject({ status: 2 });
  });
});

describe.skipIf(!hasDicomWeb())("npm run score --store with Orthanc (needs Orthanc and its DICOMweb plugin)", { timeout: 120_000 }, () => {
  it("stores what an archive then has: the report, the summary, boxes and heatmaps of each film's own study", async () => {
    const { address, stop } = await startArchive({ user: "reader", password: "test" });
    try {
      await writeFile(at("basic"), `Basic ${btoa("reader:test")}`);
      const call = ["--profile", "cbis-ddsm", "--mm-per-pixel", "1.5", "--store", `${address}/dicom-web/`];
      const refused = await score([at("films")], ...call);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("[unauthorized]; see --authorization\n")]);
      const { status, stdout } = await score([at("films")], ...call, "--authorization", at("basic"), "--dicom", at("by study"));
      expect([status, JSON.parse(stdout).store]).toEqual([0, { stored: 16, refused: 0, notSent: 0, reasons: [] }]);
      expect((await readdir(at("by study", "exam-1"))).sort()).toEqual(["study-1", "study-2", "study-3", "study-4"]);
      expect((await readdir(at("by study", "exam-1", "study-4"))).sort()).toEqual([
        "boxes-R-MLO.dcm",
        "heatmap-R-MLO.dcm",
        "report.dcm",
        "summary.dcm",
      ]);
      const client = dicomWebClient({ url: `${address}/dicom-web`, headers: { authorization: `Basic ${btoa("reader:test")}` } });
      const kinds: (string | undefined)[] = [];
      for await (const study of client.searchStudies())
        for await (const series of client.searchSeries({ study: firstText(study, tags.StudyInstanceUID)! }))
          kinds.push(firstText(series, tags.Modality));
      expect(kinds.sort()).toEqual(["OT", "PR", "SEG", "SR"].flatMap((kind) => Array(4).fill(kind)));
    } finally {
      await stop();
    }
  });
});

describe("npm run score --store", { timeout: 120_000 }, () => {
  let server: Server;
  let url: string;
  let answer: (files: number) => { readonly status: number; readonly stored: number };
  const received: { readonly authorization: string | undefined; readonly files: readonly Buffer[] }[] = [];
  beforeAll(async () => {
    // As PS3.18 section 10.5 has it: multipart/related in, which instances were stored out.
    server = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const body = Buffer.concat(pieces).toString("latin1");
      const [, boundary] = /boundary=([^;\s]+)/.exec(request.headers["content-type"] ?? "") ?? [];
      const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => Buffer.from(part.slice(part.indexOf("\r\n\r\n") + 4, -2), "latin1")); // biome-ignore format: one chain
      received.push({ authorization: request.headers.authorization, files: parts });
      const { status, stored } = answer(parts.length);
      const item = { "00081150": { vr: "UI", Value: ["1.2.3"] } };
      const failed = { ...item, "00081197": { vr: "US", Value: [0xa700] } };
      const sequence = (name: string, items: readonly unknown[]) => (items.length > 0 ? { [name]: { vr: "SQ", Value: items } } : {});
      response.writeHead(status, { "content-type": "application/dicom+json" });
      response.end(JSON.stringify([{ ...sequence("00081199", Array(stored).fill(item)), ...sequence("00081198", Array(parts.length - stored).fill(failed)) }])); // biome-ignore format: one answer
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it("sends each exam's objects in one request, with the header that the service asks for", async () => {
    answer = (files) => ({ status: 200, stored: files });
    await writeFile(at("token"), "Bearer SURNAME-TOKEN\n");
    const ended = await score([at("exam")], "--store", url, "--authorization", at("token"), "--dicom", at("sent"));
    expect([ended.status, ended.stderr]).toEqual([0, expect.stringContaining("stored: 8 files\n")]);
    expect(received.map(({ authorization, files }) => [authorization, files.length])).toEqual([["Bearer SURNAME-TOKEN", 8]]);
    const written = await Promise.all((await readdir(at("sent", "exam-1"))).map((name) => readFile(at("sent", "exam-1", name))));
    for (const file of received[0]!.files) {
      expect(written.some((one) => one.equals(file))).toBe(true);
      expect((await parseDicom(file)).dataSet.elements.size).toBeGreaterThan(20);
    }
    expect(JSON.parse(ended.stdout).store).toEqual({ stored: 8, refused: 0, notSent: 0, reasons: [] });
    expect(ended.stdout + ended.stderr).not.toMatch(secret);
  });

  it("ends with 1 where the service refuses some, or cannot be reached; the scores are there all the same", async () => {
    answer = (files) => ({ status: 202, stored: files - 2 });
    const some = await score([at("exam")], "--store", url);
    expect([some.status, some.stderr.trim().split("\n").at(-1)]).toEqual([1, "error [store]: Expected the service to store all DICOM files, got 2 refused and 0 not sent [A700]"]); // biome-ignore format: one pair
    expect(JSON.parse(some.stdout).exams).toHaveLength(1);
    const none = await score([at("exam")], "--store", "http://127.0.0.1:9/none");
    expect([none.status, JSON.parse(none.stdout).store]).toEqual([1, { stored: 0, refused: 8, notSent: 0, reasons: ["network"] }]);
    expect(await score([at("exam")], "--store", "ftp://SURNAME")).toMatchObject({ status: 2, stderr: expect.not.stringMatching(secret) });
  });
});
