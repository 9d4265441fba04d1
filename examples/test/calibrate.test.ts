import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sigmoid } from "@mammo/ensemble";
import { keyedRandom } from "@mammo/mammogram";
import { loadBundle } from "@mammo/pipeline/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

let folder: string;
const at = (...names: string[]) => join(folder, ...names);

/** Predictions as npm run predict writes them, twice too sure, and what became of the breasts. */
async function writePredictions(name: string, { women, seed }: { readonly women: number; readonly seed: number }): Promise<void> {
  const random = keyedRandom(seed, name);
  const rows = Array.from({ length: women }, (_, woman) =>
    ["L", "R"].map((side) => {
      const truth = -1 + 2 * random.normal();
      return { key: `w${woman}\t1\t${side}`, truth, confidence: sigmoid(2 * truth), cancer: Number(random.uniform() < sigmoid(truth)) };
    }),
  ).flat();
  const head = "subjectId\texamIndex\tlaterality";
  await mkdir(at(name));
  await writeFile(
    at(name, "predictions.tsv"),
    [`${head}\tconfidence\tscore`, ...rows.map(({ key, confidence }) => `${key}\t${confidence}\t1`), ""].join("\n"),
  );
  // Two findings a breast, as far below as the second one's peak: on the cancer by half of that distance.
  const findings = rows.flatMap(({ key, confidence, truth }) =>
    [0, -3 * random.uniform()].map((peak) => `${key}\t${confidence}\t0\t${peak}\t${Number(random.uniform() < sigmoid(truth + peak / 2))}`),
  );
  await writeFile(at(name, "findings.tsv"), [`${head}\tconfidence\tviewBelow\tpeakBelow\tcancer`, ...findings, ""].join("\n"));
  await writeFile(at(name, "labels.tsv"), [`${head}\tcancer`, ...rows.map(({ key, cancer }) => `${key}\t${cancer}`), ""].join("\n"));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-calibrate-"));
  await saveUntrained(at("bundle"), { slope: 2, intercept: -1 });
  await writePredictions("here", { women: 300, seed: 1 });
  await writePredictions("others", { women: 300, seed: 2 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run calibrate", () => {
  it("writes the bundle with its calibrator and scale fitted anew, and says what they are worth on others", { timeout: 120_000 }, async () => {
    const { status, stdout, stderr } = await run("calibrate", [
      ...["--bundle", at("bundle"), "--predictions", at("here"), "--test", at("others"), "--out", at("anew")],
    ]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^fitted on 600 breasts of 300 women, \d+ with cancer: slope 0\.[45]\d+, what was 50 % is \d+\.\d %\n/);
    expect(stdout).toContain("calibration slope");
    expect((await readdir(at("anew", "bundle"))).sort()).toEqual(["bundle.json", "dreamNet.safetensors"]);
    const [before, after] = await Promise.all([loadBundle(at("bundle")), loadBundle(at("anew", "bundle"))]);
    const found = JSON.parse(await readFile(at("anew", "calibration.json"), "utf8"));
    expect(after.members).toEqual(before.members);
    expect(after.calibrator).toEqual({
      kind: "platt",
      slope: 2 * found.correction.slope,
      intercept: -found.correction.slope + found.correction.intercept,
    });
    expect(after.scale).toEqual(found.scale);
    expect(after.findingCalibrator).toEqual(found.findingCalibrator);
    expect(Math.abs(after.findingCalibrator!.peak - 0.5)).toBeLessThan(0.3);
    expect(found.findings.calibrated.expectedCalibrationError).toBeLessThan(found.findings.plain.expectedCalibrationError);
    expect(stdout).toMatch(/1200 findings, \d+ on cancers +distances as they are +calibrated\n/);
    expect(after.reference).toMatchObject({ kind: "rank reference", sha256: found.inputs.predictions });
    expect(after.provenance.inputs).toEqual({ calibration: found.inputs.predictions });
    expect(Math.abs(found.test.slope.estimate - 1)).toBeLessThan(0.25);
  });

  it("asks for what it needs", async () => {
    const bundle = ["--bundle", at("bundle")];
    expect(await run("calibrate", bundle)).toMatchObject({
      status: 2,
      stderr: "error [usage]: Expected --predictions DIR, a folder of npm run predict; see --help\n",
    });
    expect(await run("calibrate", [...bundle, "--demo", "--test", at("others")])).toMatchObject({
      status: 2,
      stderr: "error [usage]: Expected either --demo or folders of predictions, got both; see --help\n",
    });
  });
});
