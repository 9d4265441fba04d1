// npm run bench -- backend: forward pass and training step of the nets on our backends beside PyTorch and onnxruntime, on the same processor.
import { rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { selectBackend } from "@mammo/backend";
import { parameterCount } from "@mammo/models";
import type { Child, ChildOptions } from "../harness/child.ts";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";
import { nativePeak } from "../harness/nativePeak.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";
import { caseTitle, type NetCase, netCases } from "../nets/netCase.ts";
import { netFlop } from "../nets/netFlop.ts";
import { netToOnnx } from "../nets/netToOnnx.ts";
import { buildNet } from "../nets/prepareNet.ts";
import { writeStandardImages } from "../nets/standardImages.ts";

const python = process.env["MAMMO_TORCH_PYTHON"] ?? process.env["MAMMO_PYTHON"] ?? "python3";
const threads = availableParallelism();
const program = (name: string) => fileURLToPath(new URL(`./contenders/${name}`, import.meta.url));

/** Largest ratio of time to PyTorch's with as many threads. */
const largestRatio = { wasm: { forward: 1.5, train: 2.5 }, tensorflow: { forward: 1.1, train: 1.2 } } as const;

/** Contender that finds no windows alike: what skipping them brings. */
const wholeCanvas = "wasm, whole canvas";

export const bench: Bench = {
  name: "backend",
  async run(harness) {
    harness.note(
      "PyTorch runs in the Python that MAMMO_TORCH_PYTHON names; tensorflow needs MAMMO_TFJS_NODE (packages/native-tensorflow/README.md).",
    );
    harness.note(
      `Each contender is a process of its own with ${threads} threads; its peak of memory is the whole process's, program and libraries included.`,
    );
    await selectBackend({ prefer: "cpu" }); // only holds weights here
    const peak = await nativePeak(threads);
    harness.note(
      peak === undefined
        ? "No C++ compiler: the processor's own peak was not measured."
        : `The processor's peak of fused multiply-add is ${peak.toFixed(0)} GFLOP/s on all threads.`,
    );
    const rows: (readonly (string | number)[])[] = [];
    for (const test of harness.quick ? netCases.slice(0, 4) : netCases) for (const row of await timeCase(harness, test, peak)) rows.push(row);
    harness.table({
      title: "Rate and memory",
      columns: ["net", "task", "contender", "GFLOP", "GFLOP/s", "share of the peak", "peak memory, MiB", "wasm heap, MiB"],
      rows,
    });
  },
};

async function timeCase(harness: Harness, netCase: NetCase, peak: number | undefined): Promise<(readonly (string | number)[])[]> {
  const { net, width, task, batch, images } = netCase;
  const work = (netFlop(netCase) * (task === "train" ? 3 : 1)) / 1e9;
  const folder = temporaryFolder();
  const test = images ? { ...netCase, pixelFile: join(folder, "pixels.bin") } : netCase;
  let started: readonly Child[] = [];
  try {
    if (test.pixelFile) harness.note(await writeStandardImages(test.pixelFile, { folder, count: harness.quick ? 4 : 20 }));
    started = await startAll(harness, test, folder, work);
    requireSameNet(test, started);
    if (netCase === netCases[0]) harness.note(`Contenders: ${started.map(({ name, about }) => `${name} (${about["version"]})`).join(", ")}.`);
    const comparison = await harness.compare(caseTitle(test), started, { unit: "GFLOP" });
    const name = `${net}.${width}.${task}${images ? ".standard" : ""}`;
    const has = (contender: string) => started.some((child) => child.name === contender);
    for (const ours of ["wasm", "tensorflow"] as const)
      if (has(ours) && has("PyTorch"))
        harness.threshold(`${name}.${ours}-to-PyTorch`, 1 / speedup(comparison, ours, "PyTorch"), "<=", largestRatio[ours][task]);
    if (images && has("onnxruntime")) harness.threshold(`${name}.wasm-to-onnxruntime`, 1 / speedup(comparison, "wasm", "onnxruntime"), "<=", 0.8);
    // Noise has no windows alike: there it costs what seeking them costs.
    if (has(wholeCanvas)) harness.threshold(`${name}.skipped-to-whole`, 1 / speedup(comparison, "wasm", wholeCanvas), "<=", images ? 0.7 : 1.03);
    const rows: (readonly (string | number)[])[] = [];
    for (const [i, child] of started.entries()) {
      const { peakMiB, heapMiB } = await child.memory();
      const rate = work / comparison.timings[i]!.median;
      const share = peak === undefined ? "" : (rate / peak).toFixed(2);
      const memory = [peakMiB, heapMiB].map((value) => (value === undefined ? "" : Math.round(value)));
      rows.push([`${net} w ${width}`, `${task}, batch ${batch}`, child.name, work.toFixed(2), rate.toFixed(1), share, ...memory]);
      if (heapMiB !== undefined && child.name === "wasm" && net === "dream" && width === 0.25)
        harness.threshold(`${name}.wasm-heap-MiB`, heapMiB, "<", 4096);
    }
    return rows;
  } finally {
    for (const child of started) child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of the contenders that can run here; each has its net ready. */
async function startAll(harness: Harness, test: NetCase, folder: string, work: number): Promise<readonly Child[]> {
  const { net, width, batch, rows, columns, task } = test;
  const node = (name: string, argument: string, netCase = test): Omit<ChildOptions, "name"> => ({
    command: process.execPath,
    args: [...process.execArgv, program(name), argument, String(threads), JSON.stringify(netCase)],
    environment: { MAMMO_BACKEND: "" },
  });
  const onnx = join(folder, "net.onnx");
  if (task === "forward") writeFileSync(onnx, netToOnnx(test));
  const contenders: readonly ChildOptions[] = [
    { name: "wasm", ...node("ours.ts", "wasm") },
    ...(net === "dream" && task === "forward" ? [{ name: wholeCanvas, ...node("ours.ts", "wasm", { ...test, whole: true }) }] : []),
    { name: "tensorflow", ...node("ours.ts", "tensorflow") },
    {
      ...{ name: "PyTorch", command: python, environment: { OMP_NUM_THREADS: String(threads) } },
      args: [program("pytorch.py"), net, ...[width, batch, rows, columns, task, threads].map(String), ...(test.pixelFile ? [test.pixelFile] : [])],
    },
    ...(task === "forward" ? [{ name: "onnxruntime", ...node("onnxruntime.ts", onnx) }] : []),
  ];
  const children: Child[] = [];
  for (const contender of contenders) {
    const child = await harness.child({ ...contender, work });
    if (child) children.push(child);
  }
  return children;
}

/** Times mean nothing where the nets differ: ours and onnxruntime's agree in their logits, PyTorch's (which has weights of its own) in its size. */
function requireSameNet(test: NetCase, children: readonly Child[]): void {
  const model = buildNet(test);
  const parameters = parameterCount(model);
  model.dispose();
  const logits = children.flatMap(({ name, about }) => (Array.isArray(about["logits"]) ? [{ name, values: about["logits"] as number[] }] : []));
  const wanted = logits[0]?.values ?? [];
  const limit = 1e-4 * Math.max(1, ...wanted.map(Math.abs));
  for (const { name, values } of logits) {
    const apart = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (values[i] ?? Number.NaN))), 0);
    if (!(apart <= limit)) throw new Error(`Expected ${name} to give the logits of ${logits[0]!.name} within ${limit}, got ${apart} off`);
  }
  for (const { name, about } of children)
    if (about["parameters"] !== undefined && about["parameters"] !== parameters)
      throw new Error(`Expected the net of ${name} to have ${parameters} parameters like ours, got ${about["parameters"]}`);
}
