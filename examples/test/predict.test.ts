import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDelimited } from "@mammo/files";
import { standardizationVersion } from "@mammo/io";
import { readCohortImage, readTableCohort } from "@mammo/io/node";
import { devices, renderView } from "@mammo/phantom";
import { scoreExam } from "@mammo/pipeline";
import { loadBundle } from "@mammo/pipeline/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filmFile } from "../../packages/pipeline/test/filmFile.ts";
import { run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

let folder: string;
const at = (...names: string[]) => join(folder, ...names);

/** More exams than one part holds: 17 women with a view of each breast, the first also with a prior exam and two views of the left breast. */
const rows = [
  ...Array.from({ length: 17 }, (_, woman) => (["L", "R"] as const).map((side) => ({ woman: woman + 1, exam: 2, side, view: "CC" as const }))).flat(),
  { woman: 1, exam: 2, side: "L" as const, view: "MLO" as const },
].map((row) => ({ ...row, path: `${row.woman}-${row.exam}-${row.side}-${row.view}.pgm`, cancer: row.side === "L" && row.woman % 3 === 0 ? 1 : 0 }));
const prior = { ...rows[0]!, exam: 1, path: "1-1-L-CC.pgm" };
const all = [prior, ...rows];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-predict-"));
  await mkdir(at("films"));
  const device = { ...devices.deneb, rows: 300, columns: 225, mmPerPixel: 0.8 };
  for (const { woman, exam, side, view, path } of all) {
    const { pixels, rows: height, columns: width } = renderView({ seed: 2, woman, exam, image: 1, laterality: side, view, device, lesions: [] });
    const values = Buffer.from(Uint16Array.from(pixels).buffer).swap16(); // the format's are big-endian
    await writeFile(at("films", path), Buffer.concat([Buffer.from(`P5\n${width} ${height}\n${2 ** device.bits - 1}\n`), values]));
  }
  const head = "path,woman,exam,laterality,view,mm_per_pixel,cancer";
  const lines = all.map((row) => [row.path, `w${row.woman}`, row.exam, row.side, row.view, 0.8, row.exam === 1 ? "" : row.cancer].join(","));
  await writeFile(at("films", "table.csv"), `${[head, ...lines].join("\n")}\n`);
  await saveUntrained(at("bundle"), { slope: 1, intercept: -1 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** On TensorFlow.js: a trial may choose otherwise from run to run. */
const argv = (out: string, runner = "tfjs") => [
  ...["--bundle", at("bundle"), "--cohort", "table", "--data", at("films", "table.csv"), "--out", at(out), "--runner", runner],
];
const textOf = (...names: string[]) => readFile(at(...names), "utf8");
async function tableOf(...names: string[]): Promise<readonly Readonly<Record<string, string>>[]> {
  const { columns, rows } = parseDelimited(await textOf(...names), { separator: "\t" });
  return rows.map(({ cells }) => Object.fromEntries(columns.map((column, i) => [column, cells[i]!])));
}
const tables = ["exams.tsv", "findings.tsv", "labels.tsv", "not-read.tsv", "predictions.tsv", "predictions_exams.tsv", "predictions_images.tsv"];

describe("npm run predict", () => {
  it("writes what scoreExam says of each exam, and npm run evaluate takes it as it is", { timeout: 300_000 }, async () => {
    const { status, stdout, stderr } = await run("predict", argv("whole"));
    expect(stderr).not.toContain("error");
    expect([status, stdout.split("\n")[0]]).toEqual([0, expect.stringMatching(/^18 exams, 36 images, \d+ findings$/)]);
    expect((await readdir(at("whole"))).sort()).toEqual([...tables, "run.json", "summary.json"]);
    const [images, breasts, exams, findings, labels] = await Promise.all(
      ["predictions_images.tsv", "predictions.tsv", "predictions_exams.tsv", "findings.tsv", "labels.tsv"].map((name) => tableOf("whole", name)),
    );
    expect([images!.length, breasts!.length, exams!.length, labels!.length]).toEqual([36, 35, 18, 34]);

    // The first woman's second exam, of three images, by the library.
    const cohort = await readTableCohort(at("films", "table.csv"));
    const own = cohort.images.filter(({ exam, patientId }) => patientId === "w1" && exam === cohort.exams[1]!.id);
    expect(own).toHaveLength(3);
    const standard = [];
    for (const image of own) standard.push(await readCohortImage(image));
    const { report, views } = await scoreExam(standard, await loadBundle(at("bundle")));
    const key = { subjectId: "w1", examIndex: String(cohort.exams[1]!.examIndex) };
    const ofExam = (table: readonly Readonly<Record<string, string>>[]) =>
      table.filter((row) => row["subjectId"] === "w1" && row["examIndex"] === key.examIndex);
    expect(ofExam(exams!)).toEqual([{ ...key, confidence: String(report.probability), score: String(report.score) }]);
    expect(ofExam(breasts!)).toEqual(
      report.breasts.map(({ laterality, probability, score }) => ({ ...key, laterality, confidence: String(probability), score: String(score) })),
    );
    expect(ofExam(images!).map((row) => [row["laterality"], row["imageIndex"], row["view"], row["imageId"], Number(row["confidence"])])).toEqual(
      own.map(({ laterality, view, id }, i) => [laterality, view === "MLO" ? "2" : "1", view, id, views[i]!.probability]),
    );
    const told = report.images.flatMap((image) => image.findings);
    expect(ofExam(findings!).map((row) => ["confidence", "top", "left", "bottom", "right", "mmFromNipple"].map((name) => row[name]))).toEqual(
      told.map(({ probability, sourceBox: { top, left, bottom, right }, mm }) =>
        [probability, top, left, bottom, right, mm.fromNipple ?? ""].map(String),
      ),
    );
    expect(JSON.parse(await textOf("whole", "summary.json"))).toMatchObject({
      ...{ exams: 18, images: 36, notRead: 0, standardization: standardizationVersion },
      provenance: { inputs: { cohort: cohort.sha256, bundle: expect.stringMatching(/^[\da-f]{64}$/) } },
    });

    const known = await tableOf("whole", "exams.tsv");
    // The prior has no label; a woman whose breasts are both known to have none has none.
    expect(known.map(({ subjectId, cancer }) => `${subjectId} ${cancer}`)).toEqual([
      "w1 ",
      ...Array.from({ length: 17 }, (_, woman) => `w${woman + 1} ${(woman + 1) % 3 === 0 ? 1 : 0}`),
    ]);
    const programme = await run("programme", [at("whole"), "--out", at("programme")]);
    expect([programme.status, programme.stderr, programme.stdout.split("\n")[0]]).toEqual([0, "", "18 exams of 17 women, 5 with cancer"]);
    expect((await readdir(at("programme"))).sort()).toEqual(["programme.html", "programme.json"]);

    const evaluated = await run("evaluate", [
      at("whole", "predictions.tsv"),
      at("whole", "labels.tsv"),
      "--resamples",
      "50",
      "--out",
      at("evaluated"),
    ]);
    expect(evaluated.stderr).not.toContain("error");
    expect([evaluated.status, evaluated.stdout]).toEqual([0, expect.stringContaining("AUROC")]);
  });

  it("killed after the first part, goes on to the same bytes, on other threads too; finished, does nothing again", { timeout: 300_000 }, async () => {
    await run("predict", [...argv("killed"), "--threads", "2"], (child) => {
      const timer = setInterval(async () => {
        const parts = await readdir(at("killed", "parts")).catch((): string[] => []);
        if (parts.includes("1.json")) child.kill("SIGKILL");
      }, 5);
      child.on("close", () => clearInterval(timer));
    });
    expect(await readdir(at("killed", "parts"))).toContain("1.json");
    const again = await run("predict", argv("killed"));
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining("see --resume and --out")]);
    expect((await run("predict", [...argv("killed"), "--resume", "--threads", "0"])).status).toBe(0);
    for (const name of tables) expect(await textOf("killed", name), name).toBe(await textOf("whole", name));
    const finished = await run("predict", [...argv("killed"), "--resume"]);
    expect([finished.status, finished.stdout.split("\n")[0]]).toEqual([0, expect.stringMatching(/^18 exams, 36 images/)]);
    expect((await readdir(at("killed"))).sort()).toEqual([...tables, "run.json", "summary.json"]);
  });

  it("on onnxruntime says the same within 1e-5 of the logit, and where it was computed", { timeout: 300_000 }, async () => {
    const { status } = await run("predict", argv("onnx", "onnxruntime"));
    expect(status).toBe(0);
    const [ours, theirs] = [await tableOf("whole", "predictions_images.tsv"), await tableOf("onnx", "predictions_images.tsv")];
    expect(theirs).toHaveLength(ours.length);
    for (const [row, { logit, confidence: _, ...key }] of theirs.entries()) {
      expect(ours[row]).toMatchObject(key);
      expect(Math.abs(Number(logit) - Number(ours[row]!["logit"]))).toBeLessThan(1e-5);
    }
    expect(JSON.parse(await textOf("onnx", "summary.json")).provenance.backend).toMatch(/^onnxruntime; graphs written by wasm, /);
  });

  it("stops at an image that cannot be read, by its number; with --skip lists it, goes on and ends with 1", { timeout: 300_000 }, async () => {
    await truncate(at("films", rows[3]!.path), 500);
    const stopped = await run("predict", argv("stopped"));
    expect(stopped.status).toBe(1);
    expect(stopped.stderr.trim().split("\n").at(-1)).toMatch(/^error \[[\w-]+\]: Image 5 of the cohort: [A-Z]/);
    expect(stopped.stderr).not.toContain(rows[3]!.path);
    const skipped = await run("predict", [...argv("skipped"), "--skip"]);
    expect([skipped.status, skipped.stdout]).toEqual([1, expect.stringContaining("1 images could not be read: not-read.tsv")]);
    const [row, ...others] = await tableOf("skipped", "not-read.tsv");
    expect(others).toEqual([]);
    expect(skipped.stderr).toContain(`not read: 1 image [${row!["why"]}]\n`);
    expect(JSON.parse(await textOf("skipped", "summary.json"))).toMatchObject({ notRead: 1, whyNotRead: { [row!["why"]!]: 1 } });
    expect(row).toMatchObject({ subjectId: "w2", laterality: "R", imageIndex: "1", view: "CC", why: expect.stringMatching(/^[\w-]+$/) });
    expect(await tableOf("skipped", "predictions_images.tsv")).toHaveLength(35);
  });

  it("reads films of another SOP class and without the size of their pixels by the options that it names", { timeout: 120_000 }, async () => {
    await mkdir(at("captures"));
    await writeFile(at("captures", "a.dcm"), filmFile({ laterality: "L", view: "CC", instance: 1 }));
    await writeFile(at("captures", "table.csv"), "path,woman,laterality,view\na.dcm,w1,L,CC\n");
    const call = (out: string, ...more: string[]) =>
      run("predict", ["--bundle", at("bundle"), "--cohort", "table", "--data", at("captures", "table.csv"), "--out", at(out), ...more]);
    const ends = (option: string) => [1, expect.stringMatching(new RegExp(`: Image 1 of the cohort: .*; read by ${option}\\n$`))];
    const plain = await call("captures-plain");
    expect([plain.status, plain.stderr]).toEqual(ends("--any-sop-class"));
    const any = await call("captures-any", "--any-sop-class");
    expect([any.status, any.stderr]).toEqual(ends("--mm-per-pixel N"));
    expect((await call("captures-both", "--any-sop-class", "--mm-per-pixel", "1.5")).status).toBe(0);
    expect(await tableOf("captures-both", "predictions_images.tsv")).toMatchObject([{ subjectId: "w1", laterality: "L", view: "CC" }]);
  });

  it("reads a table whose images lie elsewhere, as shard does", { timeout: 120_000 }, async () => {
    await mkdir(at("tables"));
    await copyFile(at("films", "table.csv"), at("tables", "women.csv"));
    const table = [at("tables", "women.csv"), "--cohort", "table", "--skip", "--out", at("shards")];
    const lost = await run("shard", table);
    expect([lost.status, lost.stderr.trim().split("\n").at(-1)]).toEqual([1, expect.stringContaining("error [missing-file]")]);
    const found = await run("shard", [...table, "--images", at("films")]);
    expect(found.stdout).toMatch(/^(not read: .*\n)?3[56] of 36 images stored/);
    const wrong = await run("predict", ["--bundle", at("bundle"), "--data", at("films"), "--images", at("films"), "--out", at("wrong")]);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("Expected --images with --cohort table alone, got it with dream")]);
    expect((await run("predict", ["--help"])).stdout).toContain("columns of --cohort table");
  });

  it("asks for the cohort's data", async () => {
    const { status, stderr } = await run("predict", ["--bundle", at("bundle")]);
    expect([status, stderr]).toEqual([2, "error [usage]: Expected --data PATH, the cohort's folder or table; see --help\n"]);
  });
});
