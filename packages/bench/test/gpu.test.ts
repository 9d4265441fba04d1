import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { selectBackend } from "@mammo/backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const lavapipe = ["lvp_icd.json", "lvp_icd.x86_64.json"].map((name) => `/usr/share/vulkan/icd.d/${name}`).find((file) => existsSync(file));
const options = ["--quick", "--software-gpu"];

// An older lavapipe is there, and Dawn does not take it.
if (lavapipe) process.env["VK_ICD_FILENAMES"] = lavapipe;
const runs = lavapipe !== undefined && (await selectBackend({ prefer: "webgpu", allowSoftwareGpu: true }).then(Boolean, () => false));

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
    const program = ["--conditions=@mammo/source", "--import", import.meta.resolve("tsx"), join(root, "packages/bench/src/gpu/suite.ts")];
    const run = spawnSync(process.execPath, [...program, ...options], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, VK_ICD_FILENAMES: lavapipe },
    });
    expect(run.status, run.stderr).toBe(0);
    expectRight(run.stdout);
    const report = readFileSync(join(folder, "mammo-gpu-report.md"), "utf8");
    expect(report).toMatch(/^# software GPU, mesa .*driver llvmpipe: Mesa \d+/);
    for (const text of [report, run.stdout]) for (const place of [root, tmpdir(), "/usr"]) expect(text).not.toContain(place);
  }, 300_000);

  it("says in one line that there is no GPU", () => {
    const program = ["--conditions=@mammo/source", "--import", import.meta.resolve("tsx"), join(root, "packages/bench/src/gpu/suite.ts")];
    const run = spawnSync(process.execPath, [...program, "--quick"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, VK_ICD_FILENAMES: lavapipe },
    });
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
