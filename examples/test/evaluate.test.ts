import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { minMax } from "@mammo/mammogram";
import { auroc, partialAuroc } from "@mammo/metrics";
import { dataFolder, expectClose } from "@mammo/testing";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluate = (...args: string[]) => run("evaluate", args);

function write(name: string, rows: readonly (readonly (string | number)[])[], delimiter = "\t"): string {
  const path = join(folder, name);
  writeFileSync(path, `${rows.map((row) => row.join(delimiter)).join("\n")}\n`);
  return path;
}

/** Sixty women, the cancer in the left breast of every fourth. */
const women = Array.from({ length: 60 }, (_, w) => ({ id: `s${w}`, cancer: w % 4 === 0, density: "abcd"[w % 4 === 0 ? (w / 4) % 4 : w % 3]! }));
const breasts = women.flatMap(({ id, cancer, density }, w) =>
  (["L", "R"] as const).map((side, s) => {
    const label = Number(cancer && side === "L");
    return { id, side, label, density, score: (((w * 7 + s * 31) % 40) / 40) * 0.8 + 0.15 * label };
  }),
);
const predictions = write("predictions.tsv", [["subjectId", "laterality", "confidence"], ...breasts.map(({ id, side, score }) => [id, side, score])]);
const labels = write("labels.tsv", [
  ["subjectId", "laterality", "cancer", "density"],
  ...breasts.map(({ id, side, label, density }) => [id, side, label, density]),
]);

describe("npm run evaluate", () => {
  it("prints and writes the challenge's scores, both partial areas named", async () => {
    const out = join(folder, "out");
    const { stdout, stderr, status } = await evaluate(
      predictions,
      labels,
      "--resamples",
      "200",
      "--groups",
      "density",
      "--out",
      out,
      "--markdown",
      join(out, "page.md"),
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("120 cases, 15 positive, 60 different subjectId");
    expect(stdout).toContain(
      "pAUROC raw: area over sensitivity [0.8, 1], uncorrected; 0.2 is perfect, 0.02 is chance (the DREAM challenge's convention)",
    );
    expect(stdout).toContain("pAUROC McClish: the same area standardized after McClish (1989); 1 is perfect, 0.5 is chance");
    const result = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    const [y, s] = [breasts.map(({ label }) => label), breasts.map(({ score }) => score)];
    const part = { minTruePositiveRate: 0.8 };
    const [first] = result.scores;
    expectClose(
      [first.auroc.estimate, first.partialRaw.estimate, first.partialMcClish.estimate],
      [auroc(y, s), partialAuroc(y, s, part, { raw: true }), partialAuroc(y, s, part)],
      {
        absolute: 1e-12,
      },
    );
    expect(first.auroc.low < first.auroc.estimate && first.auroc.estimate < first.auroc.high).toBe(true);
    expect(result.subgroups[0].rows).toHaveLength(4);
    expect(result.inputs.map(({ file }: { file: string }) => file)).toEqual(["predictions.tsv", "labels.tsv"]);
    const html = readFileSync(join(out, "evaluation.html"), "utf8");
    expect(html.match(/<svg/g)).toHaveLength(6);
    // A used folder is refused: its files may be somebody's.
    const again = await evaluate(predictions, labels, "--resamples", "20", "--out", out);
    expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/^error \[not-empty\]: /)]);
    expect(readFileSync(join(out, "evaluation.html"), "utf8")).toBe(html);
    // Self-contained: nothing is fetched, nothing is run.
    expect(html).not.toMatch(/<script|<link|<img|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    const markdown = readFileSync(join(out, "page.md"), "utf8");
    expect(markdown).toContain("![ROC");
    // The page says how it was made, without the folder of the other report.
    expect(markdown).toContain("npm run evaluate -- predictions.tsv labels.tsv --resamples 200 --groups density --markdown ");
  });

  it("compares several files of predictions in pairs, on the same resamples", async () => {
    const worse = write(
      "worse.csv",
      [["patient", "side", "confidence"], ...breasts.map(({ id, side, score }, i) => [id, side, (score + ((i * 13) % 40) / 40) / 2]).reverse()],
      ",",
    );
    const out = join(folder, "several");
    const page = join(out, "..", "several.md");
    const args = [
      predictions,
      worse,
      predictions,
      "--labels",
      labels,
      "--names",
      "a,b,again",
      "--resamples",
      "200",
      "--out",
      out,
      "--markdown",
      page,
    ];
    const { stdout, stderr, status } = await evaluate(...args);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Paired differences (percentile bootstrap by subjectId)");
    expect(stdout).toContain("p, 2 comparisons (Holm)");
    const { differences, scores, inputs } = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    expect(inputs).toHaveLength(4);
    expect(scores.map(({ name }: { name: string }) => name)).toEqual(["a", "b", "again"]);
    // Words that a shell would take apart are quoted.
    expect(readFileSync(page, "utf8")).toContain(
      `npm run evaluate -- predictions.tsv worse.csv predictions.tsv --labels labels.tsv --names 'a,b,again'`,
    );
    const [b, again] = differences;
    expectClose(b.auroc.estimate, scores[0].auroc.estimate - scores[1].auroc.estimate, { absolute: 1e-12 });
    expect(again).toMatchObject({ a: "a", b: "again", auroc: { estimate: 0, low: 0, high: 0, p: 1, pHolm: 1 } });
    expect(b.auroc.pHolm).toBe(Math.min(1, 2 * b.auroc.p));
    // The last of three is the labels.
    expect((await evaluate(predictions, worse, labels, "--resamples", "50")).stdout).toContain("file 1 − file 2");
    expect(await evaluate(predictions, labels, "--names", "a,b")).toMatchObject({
      status: 2,
      stderr: "error [usage]: Expected 1 --names, since the last file holds the labels (--labels names another), got 2; see --help\n",
    });
    expect(await evaluate(predictions, labels, "--names", "a")).toMatchObject({
      status: 2,
      stderr: "error [usage]: Expected several files of predictions with --names; see --help\n",
    });
  });

  it("compares files that each hold labels, gzipped, joined by the columns that are said", async () => {
    const image = (name: string, shift: number) => {
      const rows = breasts.map(({ id, side, score, label }, i) => [
        `i${i}`,
        id,
        side,
        label ? "malignant" : "benign",
        (score + shift * ((i * 13) % 40)) / 3,
      ]);
      const path = join(folder, name);
      writeFileSync(path, gzipSync([["image_id", "patient_id", "view", "pathology", "probability"], ...rows].map((row) => row.join(";")).join("\n")));
      return path;
    };
    const [a, b] = [image("a.csv.gz", 0), image("b.txt.gz", 0.02)];
    const asked = ["--key", "image_id", "--label", "pathology", "--positive", "malignant", "--resamples", "50", "--names", "ours,theirs"];
    const { stdout, stderr, status } = await evaluate(a, b, ...asked);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("all 2 files hold labels, the same ones");
    expect(stdout).toContain("ours − theirs");
    expect(await evaluate(a, b, "--key", "image_id", "--sep", "comma")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error \[table\]: Expected file 2 to have a column cancer/),
    });
    expect(await evaluate(a, b, "--sep", "blank")).toMatchObject({
      status: 2,
      stderr: "error [usage]: Expected --sep to be one of comma, semicolon, tab, got another word\n",
    });
  });

  it("analyses a reader study in long form, and says which rating is missing by rows", async () => {
    const rows = ["L", "R"].flatMap((treatment, i) =>
      ["x", "y", "z"].flatMap((reader, j) =>
        breasts
          .slice(0, 40)
          .map(({ label }, k) => [reader, treatment === "L" ? "film" : "digital", k, label, ((k * 7 + i * 3 + j * 5) % 11) + label * (2 + i)]),
      ),
    );
    const head = ["readerID", "modality", "case", "truth", "score"];
    const out = join(folder, "readers");
    const { stdout, stderr, status } = await evaluate(
      write("study.csv", [head, ...rows], ","),
      "--mrmc",
      "--out",
      out,
      "--markdown",
      join(folder, "long.md"),
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("3 readers, 2 treatments (digital, film), 40 cases, 5 positive; fully crossed");
    expect(stdout).toContain("random readers, random cases");
    const { auroc, inputs } = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    expect([auroc.pairs.length, auroc.areas.length, inputs.length]).toEqual([1, 6, 1]);
    expect(readFileSync(join(out, "evaluation.html"), "utf8").match(/<svg/g)).toHaveLength(3);
    expect(readFileSync(join(folder, "long.md"), "utf8")).toContain("Mean AUROC: are all treatments equal?");
    expect(await evaluate(write("lacking.csv", [head, ...rows.slice(1)], ","), "--mrmc")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error \[table\]: Expected 240 ratings in file 1, .* got 239: none of the case of row 41 by the reader of row 2 with the treatment of row 2; --common/,
      ),
    });
    expect((await evaluate(join(folder, "study.csv"))).stderr).toBe(
      "error [usage]: Expected --mrmc for a table of readers, treatments and cases; see --help\n",
    );
    expect((await evaluate(predictions, "--mrmc", "--groups", "density")).stderr).toBe(
      "error [usage]: Expected no --groups with --mrmc; see --help\n",
    );
  });

  it("gives the same bytes for the same seed, others for another", async () => {
    const seeded = async (seed: string) => (await evaluate(predictions, labels, "--resamples", "50", "--seed", seed)).stdout;
    const first = await seeded("3");
    expect(await seeded("3")).toBe(first);
    expect(await seeded("4")).not.toBe(first);
  });

  it("helps, and ends with one clear line on a wrong call", async () => {
    expect(await evaluate("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--min-sensitivity") });
    const wrong = await evaluate(predictions, labels, "--seed", "x");
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr.trim().split("\n")).toHaveLength(1);
    const none = await evaluate(join(folder, "absent.tsv"), labels);
    expect(none.status).not.toBe(0);
    expect(none.stderr.trim()).toBe("error [table]: Expected to read file 1, but the disk answered ENOENT");
  });

  it.skipIf(!dataFolder())("sets published networks side by side, with the areas that they print (needs the data folder)", async () => {
    const at = (...parts: string[]) => join(dataFolder()!, "cbis-predictions", ...parts);
    const names = ["baseline", "vgg16_imagenet", "ensemble"];
    const files = names.map((name) => at("predictions", `${name}.test.csv.gz`));
    const out = join(folder, "peers");
    const { status } = await evaluate(...files, "--key", "image_id", "--names", names.join(","), "--resamples", "20", "--out", out);
    expect(status).toBe(0);
    const { scores, clusterName, positives } = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    const printed = JSON.parse(gunzipSync(readFileSync(at("metrics.json.gz"))).toString()).runs as {
      readonly model: string;
      readonly test: { readonly auc: number };
    }[];
    expectClose(
      scores.map(({ auroc }: { readonly auroc: { readonly estimate: number } }) => auroc.estimate),
      names.map((name) => printed.find(({ model }) => model === name)!.test.auc),
      { absolute: 1e-12 },
    );
    expect([clusterName, positives]).toEqual(["subjectId", 264]);
  });

  it.skipIf(!dataFolder())("gives what is published for Van Dyke's study in long form (needs the data folder)", async () => {
    const { stdout, status } = await evaluate(join(dataFolder()!, "roc/VanDyke.csv"), "--mrmc");
    expect(status).toBe(0);
    // OR-DBM MRMC 2.51 by RJafroc, MRMCaov: F = 4.456319, df 1 and 15.26, p 0.05167; X² = 5.475953, p 0.01928; F = 8.704, p 0.04196.
    expect(stdout).toMatch(/random readers, random cases +F = 4\.456 +1, 15\.3 +0\.0517\n/);
    expect(stdout).toMatch(/fixed readers, random cases +X² = 5\.476 +1 +0\.0193\n/);
    expect(stdout).toMatch(/random readers, fixed cases +F = 8\.704 +1, 4\.0 +0\.0420\n/);
    expect(stdout).toMatch(/mean \(random readers and cases\) +0\.897 \[.*\] +0\.941 \[/);
  });

  it.skipIf(!dataFolder())("evaluates the public reader study by one command (needs the data folder)", async () => {
    const out = join(folder, "study");
    const file = join(dataFolder()!, "nyu-reader-study/reader_study.csv");
    const { status, stderr } = await evaluate(
      file,
      "--cluster",
      "case_ID",
      "--score",
      "AI_*",
      "--readers",
      "Reader*",
      "--resamples",
      "100",
      "--out",
      out,
    );
    // Long work may tell how far it is.
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    const { cases, positives, clusters, scores, readerStudy } = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    expect([cases, positives, clusters, scores.length]).toEqual([1440, 61, 720, 21]);
    // Wu et al. 2019 (IEEE TMI, the study's authors) print 0.705 to 0.860 for the fourteen readers, 0.778 their mean.
    const readers = scores
      .filter(({ reader }: { reader: boolean }) => reader)
      .map(({ auroc: { estimate } }: { auroc: { estimate: number } }) => estimate);
    expectClose(minMax(readers), [0.705, 0.86], { absolute: 5e-4 });
    expectClose(readers.reduce((sum: number, value: number) => sum + value, 0) / 14, 0.778, { absolute: 1e-3 });
    expect(readerStudy.models).toHaveLength(7);
    expect(readerStudy.models[0].auroc.combined.p).toBeLessThan(0.001);
  });
});
