import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObservedStep } from "@mammo/train";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeDiagnosis } from "../src/node.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-diagnosis-"));
  await mkdir(join(folder, "checkpoints"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const summary = { count: 2, norm: 1, mean: 0.5, deviation: 0.5, min: 0, max: 1, histogram: [1, 1] };
const observed = (step: number, stage = "S1"): ObservedStep => ({
  ...{ stage, step, time: step, loss: 1 / step, gradientNorm: 2 },
  parameters: [
    { name: "block1/conv1/kernel", weights: summary, gradient: summary, updateRatio: 1e-3, units: 4, unitsWithoutGradient: 4, condition: null },
    { name: "<b>", weights: summary, gradient: summary, updateRatio: 0, units: 1, unitsWithoutGradient: 0 },
  ],
  activations: [{ name: "block1/conv1", mean: 0, deviation: 0, zeros: 1, units: 4, deadUnits: 4 }],
});

it("writes nothing where no step was observed", async () => {
  expect(await writeDiagnosis(folder)).toBeUndefined();
  await expect(readFile(join(folder, "diagnosis.html"))).rejects.toMatchObject({ code: "ENOENT" });
});

it("says on the page which layer is dead, of which stage, and lets no name be markup", async () => {
  const lines = [1, 2, 3].map((step) => JSON.stringify(observed(step)));
  await writeFile(join(folder, "checkpoints/S1.dynamics.jsonl"), [...lines, '{"step":4', "", "null"].join("\n"));
  const found = await writeDiagnosis(folder);
  expect(found).toEqual([expect.objectContaining({ stage: "S1", layer: "block1/conv1", kind: "dead" })]);
  const html = await readFile(join(folder, "diagnosis.html"), "utf8");
  expect(html).toContain("<strong>block1/conv1</strong> dead: all 4 units are zero for whole batches");
  expect(html).toContain("3 steps of 1 stage were observed");
  expect(html).toContain("∞");
  expect(html).toContain("&lt;b&gt;");
  expect(html).not.toContain("<b>");
  expect(html).toContain("Content-Security-Policy");
});
