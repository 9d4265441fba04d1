import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sha256 } from "@mammo/files/node";
import { parseDicom } from "@mammo/io";
import { minMax } from "@mammo/mammogram";
import { dataFolder, mountSmall } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

/** The whole pipeline, cut to seconds: too few women to learn from, every step real. */
const tiny = ["--women", "12", "--effort", "0.01", "--width", "0.03125", "--seed", "5", "--families", "none"];
const allFamilies = tiny.slice(0, -2);

let folder = "";
const at = (...names: string[]) => join(folder, ...names);
const dream = (out: string, ...more: string[]) => run("dream", [...tiny, "--out", at(out), ...more]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-dream-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run dream", () => {
  it("goes from its own cohort to predictions, a bundle, a summary and a report", { timeout: 300_000 }, async () => {
    const { status, stdout, stderr } = await dream("whole");
    expect(stderr.split("\n").filter((line) => line.startsWith("error"))).toEqual([]);
    expect(status).toBe(0);
    for (const word of ["S1", "S2-head", "S2", "S3", "S4", "AUROC", "95 % interval by woman"]) expect(stdout).toContain(word);
    const summary = JSON.parse(await readFile(at("whole", "summary.json"), "utf8"));
    expect(summary.provenance).toMatchObject({
      seed: 5,
      backend: expect.stringContaining("wasm"),
      inputs: { cohort: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(summary.stages.map(({ stage }: { stage: string }) => stage)).toEqual(["S1", "S2-head", "S2", "S3", "S4"]);
    // Too few steps may learn nothing: then summary, bundle and report say so, and only then.
    const bundle = JSON.parse(await readFile(at("whole", "bundle", "bundle.json"), "utf8"));
    const isLevel = summary.calibrator.slope === 0;
    expect([summary.warning !== undefined, bundle.warning !== undefined, stdout.includes("not calibrated")]).toEqual([isLevel, isLevel, isLevel]);
    const [head, ...rows] = (await readFile(at("whole", "predictions.tsv"), "utf8")).trim().split("\n");
    expect(head).toBe("subjectId\tlaterality\tconfidence\tlogit\tprobability");
    for (const row of rows) expect(Number(row.split("\t")[2])).toBeGreaterThanOrEqual(0);
    const report = await readFile(at("whole", "report.html"), "utf8");
    expect(report).toContain("<svg");
    expect(report).not.toMatch(/<script|src="http|href="http/);
  });

  it("killed with SIGKILL in each phase, goes on with --resume to the same bytes", { timeout: 600_000 }, async () => {
    // MAMMO_LONG=1: in every one of them; each start costs seconds.
    const phases = process.env["MAMMO_LONG"] === "1" ? ["phantom cohort 3/", "standardize 1", "S1 ", "S2-head ", "S2 ", "S4 "] : ["S1 ", "S4 "];
    for (const phase of phases) {
      const { status } = await run("dream", [...tiny, "--out", at("killed"), "--resume"], (child) => {
        child.stderr!.on("data", (text) => String(text).includes(phase) && child.kill("SIGKILL"));
      });
      expect(status, `status after a kill at "${phase}"`).toBeNull();
    }
    const resumed = await dream("killed", "--resume", "--json");
    expect(resumed.status).toBe(0);
    // For machines: what summary.json says, where it lies, and no words.
    const { folder: place, bars, ...summary } = JSON.parse(resumed.stdout);
    expect([place, bars, summary]).toEqual([at("killed"), [], JSON.parse(await readFile(at("killed", "summary.json"), "utf8"))]);
    for (const file of ["predictions.tsv", "predictions_exams.tsv", "bundle/dreamNet.safetensors"]) {
      expect((await readFile(at("killed", file))).equals(await readFile(at("whole", file))), file).toBe(true);
    }
  });

  it.skipIf(process.env["MAMMO_LONG"] !== "1")(
    "killed at thirty instants, goes on to the same bytes (only with MAMMO_LONG=1)",
    { timeout: 3_600_000 },
    async () => {
      const start = performance.now();
      expect((await dream("again")).status).toBe(0);
      const took = performance.now() - start;
      for (let kill = 0; kill < 30; kill++) {
        const out = `instant-${kill}`;
        const argv = [...tiny, "--out", at(out), "--resume"];
        const at_ = (took * (kill + 1)) / 31;
        await run("dream", argv, (child) => void setTimeout(() => child.kill(kill % 2 === 0 ? "SIGKILL" : "SIGTERM"), at_));
        const { status, stderr } = await dream(out, "--resume");
        expect(status, `${kill}: ${stderr.trim().split("\n").at(-1)}`).toBe(0);
        for (const file of ["predictions.tsv", "predictions_exams.tsv", "bundle/dreamNet.safetensors"])
          expect((await readFile(at(out, file))).equals(await readFile(at("whole", file))), `${kill}: ${file}`).toBe(true);
        await rm(at(out), { recursive: true });
      }
    },
  );

  it("trains five families from one detector, killed in the midst of them too, and scores with all of them", { timeout: 600_000 }, async () => {
    const argv = [...allFamilies, "--out", at("five"), "--resume"];
    const { status } = await run("dream", argv, (child) => {
      child.stderr!.on("data", (text) => String(text).includes("caracNet 2/") && child.kill("SIGKILL"));
    });
    expect(status).toBeNull();
    const again = await run("dream", [...argv, "--json"]);
    expect(again.status, again.stderr).toBe(0);
    const families = ["dreamNet", "retinaNet", "caracNet", "caracNetSymmetry", "dreamNetSymmetry"];
    const { members, leftOut } = JSON.parse(again.stdout);
    expect([members.map(({ name }: { name: string }) => name).sort(), leftOut]).toEqual([[...families].sort(), []]);
    expect((await readFile(at("five", "members.tsv"), "utf8")).split("\n")[0]).toBe(["subjectId", "laterality", ...families].join("\t"));
    // What S1 to S4 train does not know of the others.
    expect(sha256(await readFile(at("five", "bundle", "dreamNet.safetensors")))).toBe(
      sha256(await readFile(at("whole", "bundle", "dreamNet.safetensors"))),
    );
    const images = (await readdir(at("five", "cohort", "images"))).sort().slice(0, 2);
    const scored = await run("score", [...images.map((name) => at("five", "cohort", "images", name)), "--weights", await calibratedBundle("five")]);
    expect(scored.status).toBe(0);
    // Boxes of the lesion nets, not cells of the heatmap alone.
    const heights = JSON.parse(scored.stdout).exams.flatMap((exam: { images: { findings: { mm: { height: number } }[] }[] }) =>
      exam.images.flatMap(({ findings }) => findings.map(({ mm }) => mm.height)),
    );
    expect(heights.some((height: number) => height !== 48)).toBe(true);
  });

  it("trains folds as independent jobs: in processes or one after the other, to the same bytes", { timeout: 600_000 }, async () => {
    const recipe = JSON.parse((await run("dream", ["--recipe", "quick", "--effort", "0.01", "--show"])).stdout);
    await writeFile(at("folds.json"), JSON.stringify({ ...recipe, women: 16, width: 0.03125, folds: 2 }));
    const folds = (out: string, ...more: string[]) =>
      run("dream", ["--recipe", at("folds.json"), "--families", "none", "--seed", "5", "--out", at(out), ...more]);
    expect(await folds("jobs", "--jobs", "2")).toMatchObject({ status: 0 });
    // Another machine may take one of them, before or after.
    expect(await folds("in turn", "--instance", "2")).toMatchObject({ status: 0 });
    const { status, stdout } = await folds("in turn", "--json", "--resume");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).instances.map(({ fold }: { fold: number }) => fold)).toEqual([0, 1]);
    for (const file of ["predictions.tsv", "members.tsv", "bundle/dreamNet-1.safetensors", "bundle/dreamNet-2.safetensors", "bundle/bundle.json"])
      expect((await readFile(at("in turn", file))).equals(await readFile(at("jobs", file))), file).toBe(true);
    expect(await folds("none", "--instance", "3")).toMatchObject({ status: 2, stderr: expect.stringContaining("--instance from 1 to 2") });
    await writeFile(at("wrong.json"), JSON.stringify({ families: { retinaNet: { stepz: 3 } } }));
    expect(await run("dream", ["--recipe", at("wrong.json"), "--out", at("none")])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("[recipe]: Expected families.retinaNet of the recipe to be an object of steps, batch, learningRate"),
    });
  });

  /** The bundle as if it had learned: what seconds teach leaves the calibrators level, and such a bundle is refused. */
  async function calibratedBundle(out = "whole"): Promise<string> {
    const made = at(`calibrated bundle of ${out}`);
    await cp(at(out, "bundle"), made, { recursive: true });
    const { warning: _level, ...bundle } = JSON.parse(await readFile(join(made, "bundle.json"), "utf8"));
    const scale = { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] };
    const calibrator = { kind: "platt", slope: 1, intercept: 0 };
    const members = bundle.members.map((member: object) => ("calibrator" in member ? { ...member, calibrator } : member));
    await writeFile(join(made, "bundle.json"), JSON.stringify({ ...bundle, members, calibrator, scale }));
    return made;
  }

  it("its weights score an exam, each finding in pixels and mm of its file", { timeout: 120_000 }, async () => {
    const images = (await readFile(at("whole", "cohort", "images_crosswalk.tsv"), "utf8")).trim().split("\n").slice(1);
    const files = images.filter((row) => row.startsWith("1\t")).map((row) => at("whole", "cohort", "images", row.split("\t")[5]!));
    const bundle = await calibratedBundle();
    const outputs = ["--html", at("scores.html"), "--dicom", at("dicom"), "--map", at("map.tsv")];
    const { status, stdout } = await run("score", [...files, "--weights", bundle, ...outputs]);
    expect(status).toBe(0);
    const [heads, ...rows] = (await readFile(at("map.tsv"), "utf8"))
      .trim()
      .split("\n")
      .map((row) => row.split("\t"));
    expect(heads).toEqual(["exam", "image", "view", "file", "sha256", "studyInstanceUid"]);
    expect(rows.map(([exam, image]) => [exam, image])).toEqual(files.map((_, index) => ["1", String(index + 1)]));
    expect(new Set(rows.map(([, , , file]) => file))).toEqual(new Set(files));
    const [exam] = JSON.parse(stdout).exams;
    expect(exam.score).toBe(minMax(exam.breasts.map(({ score }: { score: number }) => score))[1]);
    expect(exam.images).toHaveLength(files.length);
    for (const { findings } of exam.images) {
      expect(findings.length).toBeGreaterThan(0);
      for (const { sourceBox, mm } of findings) {
        expect(sourceBox.bottom - sourceBox.top).toBeGreaterThan(0);
        expect(mm).toMatchObject({ height: 48, width: 48 });
      }
    }
    expect([exam.leftOut, exam.missing]).toEqual([[], []]);
    expect(exam.schema).toBe("mammo-report-1");
    const { weights, scored } = JSON.parse(stdout);
    expect([weights.bundleSha256, Object.keys(scored)]).toEqual([
      sha256(await readFile(join(bundle, "bundle.json"))),
      ["versions", "node", "backend"],
    ]);
    const page = await readFile(at("scores.html"), "utf8");
    expect(page.split("<svg").length - 1).toBe(files.length);
    expect([page.includes(weights.bundleSha256), page.includes(scored.backend)]).toEqual([true, true]);
    const views: readonly string[] = exam.images.map(({ view }: { view: string }) => view);
    const objects = ["boxes", "heatmap"].flatMap((kind) => views.map((view) => `${kind}-${view}.dcm`)).concat("report.dcm", "summary.dcm");
    expect((await readdir(at("dicom", "exam-1"))).sort()).toEqual(objects.sort());
    for (const name of objects)
      expect((await parseDicom(await readFile(at("dicom", "exam-1", name)))).dataSet.elements.size, name).toBeGreaterThan(20);
    const second = await run("score", [...files, "--weights", bundle, "--dicom", at("dicom")]);
    expect([second.status, second.stderr]).toEqual([1, expect.stringContaining("[not-empty]")]);
    const folder = at("one exam");
    await mkdir(folder);
    for (const file of files.slice(1)) await cp(file, join(folder, basename(file)));
    await writeFile(join(folder, "note.txt"), "no DICOM");
    const [partial] = JSON.parse((await run("score", [folder, "--weights", bundle])).stdout).exams;
    expect([partial.images.length, partial.missing.length]).toEqual([files.length - 1, 1]);
    expect(await run("score", [files[0]!, files[0]!, "--weights", bundle])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("each file once"),
    });
  });

  it.skipIf(!dataFolder())(
    `scores a real GE view with a sigmoid VOI${dataFolder() ? "" : " (skipped: no data folder)"}`,
    { timeout: 60_000 },
    async () => {
      const { status, stdout } = await run("score", [join(dataFolder()!, "mg-dicom/fo-dicom/GH133.dcm"), "--weights", await calibratedBundle()]);
      expect(status).toBe(0);
      expect(JSON.parse(stdout).exams[0].images[0]).toMatchObject({ view: "R-MLO" });
      expect(stdout).not.toMatch(/1\.2\.\d+\.\d+/);
    },
  );

  it("takes dense annotations from a phantom where the cohort has none", { timeout: 120_000 }, async () => {
    const data = at("without annotations");
    await cp(at("whole", "cohort"), data, { recursive: true });
    await rm(join(data, "annotations.tsv"));
    const { status, stderr } = await run("dream", [...tiny, "--cohort", "dream", "--data", data, "--stage", "S1", "--out", at("bridged")]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("S1 and S2 learn from a phantom cohort")]);
  });

  it("on a full disk ends with one line, and keeps what is whole", { timeout: 60_000 }, async (context) => {
    const small = at("small");
    await mkdir(small);
    if (!mountSmall(small)) return context.skip("a small file system cannot be mounted here: needs root on Linux");
    try {
      const { status, stderr } = await run("dream", [...tiny, "--out", join(small, "run")]);
      expect(status).toBe(1);
      expect(stderr.trim().split("\n").at(-1)).toMatch(/^error \[disk-full\]: Expected room on the disk/);
    } finally {
      execFileSync("umount", [small]);
    }
  });

  it("does not write over another run, nor go on with other options", async () => {
    expect(await dream("whole")).toMatchObject({ status: 2, stderr: expect.stringContaining("--resume") });
    expect(await run("dream", ["--women", "13", "--out", at("whole"), "--resume"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("run.json"),
    });
  });

  it("a cohort with a truncated file ends with one line that says what was expected where", { timeout: 60_000 }, async () => {
    const data = at("cohort with a truncated file");
    await cp(at("whole", "cohort"), data, { recursive: true });
    await truncate(join(data, "images", (await readdir(join(data, "images"))).sort()[0]!), 3000);
    const { status, stderr } = await run("dream", ["--cohort", "dream", "--data", data, "--effort", "0.001", "--out", at("out")]);
    const errors = stderr.split("\n").filter((line) => line.startsWith("error"));
    expect([status, errors]).toEqual([
      1,
      [expect.stringMatching(/^error \[(truncated|pixels-mismatch|corrupt-pixels)\]: Image \d+ of the cohort: /)],
    ]);
  });
});
