import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasTfjsNode } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { largestDifference, largestRelativeDifference } from "../src/gpu/difference.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const lavapipe = ["lvp_icd.json", "lvp_icd.x86_64.json"].map((name) => `/usr/share/vulkan/icd.d/${name}`).find((file) => existsSync(file));
const options = ["--quick", "--software-gpu"];

// An older lavapipe is there, and Dawn does not take it. Dawn alone is asked: were it our backend, the suite would be skipped when that is broken.
const dawnAsks = `const { create } = await import("webgpu"); process.exit((await create([]).requestAdapter({})) ? 0 : 1);`;
const runs = lavapipe !== undefined && runNode(["--input-type=module", "--eval", dawnAsks], join(root, "packages/backend")).status === 0;
const suite = ["--conditions=@mammo/source", "--import", import.meta.resolve("tsx"), join(root, "packages/checks/src/gpu.ts")];

function runNode(arguments_: readonly string[], cwd: string) {
  return spawnSync(process.execPath, arguments_, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...(lavapipe ? { VK_ICD_FILENAMES: lavapipe } : {}) },
  });
}

/** What a right GPU prints last. */
function expectRight(stdout: string): void {
  const bars = stdout.split("\n").filter((line) => line.startsWith("bar "));
  expect(bars.map((bar) => bar.split(" ")[1])).toEqual([
    "gpu.gradients.rows",
    "gpu.gradients.wrong",
    "gpu.gradients.worst-error",
    "gpu.training.pyramid.apart",
    "gpu.training.DetectorNet.apart",
    "gpu.times.cases",
  ]);
  expect(bars.filter((bar) => !bar.endsWith(" ok"))).toEqual([]);
}

describe.skipIf(!runs)("the GPU's suite (needs Mesa's lavapipe, 25 or newer)", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mammo-gpu-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("finds gradients, training and nets right on lavapipe, and writes a report that names the device and no place", () => {
    const run = runNode([...suite, ...options], folder);
    expect(run.status, run.stderr).toBe(0);
    expectRight(run.stdout);
    const report = readFileSync(join(folder, "mammo-gpu-report.md"), "utf8");
    expect(report).toMatch(/^# software GPU, mesa .*driver llvmpipe: Mesa \d+/);
    for (const text of [report, run.stdout]) for (const place of [root, tmpdir(), "/usr"]) expect(text).not.toContain(place);
  }, 300_000);

  it("says in one line that there is no GPU", () => {
    const run = runNode([...suite, "--quick"], folder);
    expect(run).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(/^Expected the backend webgpu to run here, but: .*\n$/) });
  });

  it.skipIf(process.env["MAMMO_LONG"] !== "1")(
    "travels in an archive of at most 60 MB and runs from it with an empty home and environment (only with MAMMO_LONG=1: builds and installs the packages)",
    () => {
      const archive = join(folder, "gpu.tar.gz");
      const packed = spawnSync(process.execPath, [join(root, "packages/tooling/gpuBundle.mjs"), "--out", archive], { cwd: folder, encoding: "utf8" });
      expect(packed, packed.stderr).toMatchObject({ status: 0, stdout: expect.stringMatching(/^gpu\.tar\.gz \d\d\.\d MB\n$/) });
      expect(statSync(archive).size).toBeLessThanOrEqual(60e6);
      const empty = join(folder, "empty");
      mkdirSync(empty);
      spawnSync("tar", ["-xzf", archive, "-C", empty]);
      const bare = ["-i", `HOME=${empty}`, `VK_ICD_FILENAMES=${lavapipe}`, "/bin/sh", "mammo-gpu/run.sh", ...options];
      const run = spawnSync("env", bare, { cwd: empty, encoding: "utf8" });
      expect(run.status, run.stderr).toBe(0);
      expectRight(run.stdout);
      expect(run.stdout).toMatch(/^Linux .*, Node v\d+/);
      expect(existsSync(join(empty, "mammo-gpu-report.md"))).toBe(true);
    },
    900_000,
  );
});

it.each(hasTfjsNode() ? ["wasm", "tensorflow"] : ["wasm"])(
  "the GPU's suite writes no report of a processor (%s)",
  (backend) => {
    const folder = mkdtempSync(join(tmpdir(), "mammo-gpu-"));
    const run = runNode([...suite, "--quick", "--backend", backend], folder);
    const written = readdirSync(folder);
    rmSync(folder, { recursive: true });
    // A machine whose TensorFlow has a GPU may well write one.
    if (run.stdout.startsWith("tensorflow: GPU")) return;
    expect({ ...run, written }).toMatchObject({
      status: 1,
      stdout: "",
      written: [],
      stderr: `Expected ${backend} to compute on a GPU, got ${deviceOf(run.stderr)}\n`,
    });
  },
  120_000,
);

const deviceOf = (line: string) => /CPU, .*/.exec(line)?.[0];

describe("the difference of two trainings", () => {
  it("is relative to each tensor's norm, and NaN for what is not finite on either side or lacks", () => {
    expect(largestDifference([[1, 2]], [[1, 2.5]])).toBe(0.5);
    expect(
      largestRelativeDifference(
        [
          [300, 400],
          [3e-3, 4.4e-3],
        ],
        [
          [300, 400],
          [3e-3, 4e-3],
        ],
      ),
    ).toBeCloseTo(0.08, 10);
    for (const apart of [largestDifference, largestRelativeDifference])
      for (const [a, b] of [
        [[[Number.NaN]], [[1]]],
        [[[1]], [[Number.NaN]]],
        [[[1]], [[1, 2]]],
        [[[1]], []],
        [[], []],
      ] as const)
        expect(apart(a, b)).toBeNaN();
  });
});
