import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parsePairModel } from "@mammo/ensemble";
import { keyedRandom } from "@mammo/mammogram";
import { dataFolder } from "@mammo/testing";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-scores-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npm run site", () => {
  it("reads exams and a reference, prints recall and writes the report", async () => {
    const random = keyedRandom(1, "site");
    const exams = Array.from({ length: 1200 }, (_, i) => `${(random.normal() + 1).toFixed(4)}\tA 1.0\t${"abcd"[i % 4]}\t${50 + (i % 20)}`);
    const reference = Array.from({ length: 2000 }, () => random.normal().toFixed(4));
    writeFileSync(join(folder, "exams.tsv"), `score\tdevice\tdensity\tage\n${exams.join("\n")}\n`);
    writeFileSync(join(folder, "reference.tsv"), `score\n${reference.join("\n")}\n`);
    const out = join(folder, "out");
    const { stdout, status } = await run("site", [join(folder, "exams.tsv"), join(folder, "reference.tsv"), "--thresholds", "1.28", "--out", out]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Recall at 1\.28 \(reference 1?\d\.\d %\)/);
    expect(stdout).toMatch(/device A 1\.0 +1200/);
    const report = JSON.parse(readFileSync(join(out, "site.json"), "utf8"));
    expect(report.alignments[0]).toMatchObject({ kind: "device alignment", device: "A 1.0", exams: 1000 });
    expect(readFileSync(join(out, "site.html"), "utf8")).toContain("<h1>Recall at this site</h1>");
    const machine = await run("site", [join(folder, "exams.tsv"), join(folder, "reference.tsv"), "--thresholds", "1.28", "--json"]);
    expect(JSON.parse(machine.stdout)).toEqual(report);
  });

  it("aligns predictions to the reference that their bundle keeps, at scores as thresholds", async () => {
    const random = keyedRandom(2, "predicted");
    const rows = Array.from({ length: 400 }, (_, i) => ({ key: `w${i}\t1`, confidence: 1 / (1 + Math.exp(2 - random.normal())) }));
    const tables = join(folder, "predicted");
    await mkdir(tables);
    await writeFile(
      join(tables, "predictions_exams.tsv"),
      ["subjectId\texamIndex\tconfidence\tscore", ...rows.map(({ key, confidence }) => `${key}\t${confidence}\t1`), ""].join("\n"),
    );
    await writeFile(
      join(tables, "exams.tsv"),
      ["subjectId\texamIndex\tcancer\tdevice", ...rows.map(({ key }) => `${key}\t\tMaker A`), ""].join("\n"),
    );
    await saveUntrained(join(folder, "bundle"), { slope: 1, intercept: 0 });
    const call = [tables, "--bundle", join(folder, "bundle"), "--thresholds", "6,8"];
    expect(await run("site", call)).toMatchObject({ status: 2, stderr: expect.stringContaining("Expected a bundle that keeps a reference") });
    const bundle = JSON.parse(readFileSync(join(folder, "bundle", "bundle.json"), "utf8"));
    const scores = Array.from({ length: 101 }, (_, i) => -4 + i / 20);
    writeFileSync(
      join(folder, "bundle", "bundle.json"),
      JSON.stringify({ ...bundle, reference: { kind: "rank reference", scores, sha256: "d".repeat(64), cases: 200 } }),
    );
    const { status, stdout } = await run("site", [...call, "--out", join(folder, "aligned")]);
    expect(status).toBe(0);
    // The cuts of 6 and 8 are probabilities of 0.5 and 0.7.
    expect(stdout).toMatch(/Recall at 0 /);
    const { alignments, reference } = JSON.parse(readFileSync(join(folder, "aligned", "site.json"), "utf8"));
    expect(alignments).toMatchObject([{ device: "Maker A", exams: 400, reference: "d".repeat(64) }]);
    expect(reference.map(({ threshold }: { threshold: number }) => threshold)).toEqual([0, expect.closeTo(Math.log(0.7 / 0.3), 9)]);
    expect(await run("site", [...call.slice(0, 3), "--thresholds", "0.5"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("scores of 2 to 10"),
    });
  }, 60_000);

  it("says which line has no score", async () => {
    writeFileSync(join(folder, "bad.tsv"), "score\tdevice\n1\tA\nhigh\tA\n");
    const { stderr, status } = await run("site", [join(folder, "bad.tsv"), join(folder, "reference.tsv"), "--thresholds", "1"]);
    expect([status, stderr]).toEqual([2, "error [usage]: Expected a score in line 3 of the exams\n"]);
  });
});

describe("npm run pairing", () => {
  it("writes the model that dream and calibrate take, and shows two real cases with mm where they are at hand", async () => {
    const model = join(folder, "pairs.json");
    expect((await run("pairing", ["--breasts", "60", "--model", model])).status).toBe(0);
    const fitted = parsePairModel(JSON.parse(readFileSync(model, "utf8")));
    expect(fitted.pairs).toBeGreaterThan(40);
    expect(await run("pairing", ["--data", "x", "--model", model])).toMatchObject({ status: 2 });
    if (!dataFolder()) return;
    const { stdout } = await run("pairing", ["--cases", dataFolder()!, "--json"]);
    const [, cc, mlo, ncc, nmlo] = JSON.parse(stdout).rows as string[][];
    // One lesion lies as far from the nipple in both views of a case, within what landmarks are off by.
    for (const [a, b] of [[cc!, mlo!], [ncc!, nmlo!]] as const) expect(Math.abs(Number(a[2]) - Number(b[2]))).toBeLessThan(10); // biome-ignore format: one row
  }, 180_000);

  it("prints how well pairs are found, better than the stated bar", async () => {
    const { stdout, status } = await run("pairing", ["--breasts", "60"]);
    expect(stdout).toMatch(/bar pairing\.f1 0\.9\d* >= 0\.9 ok/);
    expect(status).toBe(0);
    // For machines: one document and no words.
    const found = JSON.parse((await run("pairing", ["--breasts", "60", "--json"])).stdout);
    expect(found).toMatchObject({ breasts: 60, seed: 1, bars: [{ name: "pairing.f1", reached: true }] });
    expect(stdout).toContain(found.stated.f1.toFixed(3));
  }, 180_000);
});

describe("npm run ensemble", () => {
  it("refuses a gzip file that would fill the memory", async () => {
    const data = await mkdtemp(join(tmpdir(), "mammo-peers-"));
    await mkdir(join(data, "cbis-predictions"));
    const tenth = gzipSync(new Uint8Array(2 ** 23).fill(0x20));
    await writeFile(join(data, "cbis-predictions", "metrics.json.gz"), Buffer.concat(Array.from({ length: 10 }, () => tenth)));
    const { stderr, status } = await run("ensemble", ["--data", data]);
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^error .*at most 33554432 bytes once inflated/);
    expect(status).not.toBe(0);
    await rm(data, { recursive: true });
  }, 60_000);

  it.skipIf(!dataFolder())(
    "judges the peers' outputs (needs the data folder)",
    async () => {
      const { stdout, status } = await run("ensemble", ["--data", dataFolder()!, "--resamples", "100"]);
      expect(stdout).toMatch(/bar peers\.auroc-apart \S+ <= 1e-9 ok/);
      expect(stdout).toMatch(/bar peers\.chosen-over-published \S+ > 0 ok/);
      expect(status).toBe(0);
    },
    240_000,
  );
});
