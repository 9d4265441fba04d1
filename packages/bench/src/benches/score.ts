// npm run bench -- score: the whole way from files to a report with its page, beside the open Python way (pydicom + GDCM + scikit-image, and the same net in PyTorch) on the same files.
import { spawnSync } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import { readDreamCohort } from "@mammo/io/node";
import { dreamNet } from "@mammo/models";
import { writeCohort } from "@mammo/phantom/node";
import { readProvenance, saveBundle, saveMember } from "@mammo/pipeline/node";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";

const python = process.env["MAMMO_TORCH_PYTHON"] ?? process.env["MAMMO_PYTHON"] ?? "python3";
const program = (name: string) => fileURLToPath(new URL(`./contenders/${name}`, import.meta.url));
const width = 0.25;

export const bench: Bench = {
  name: "score",
  async run(harness) {
    const folder = temporaryFolder();
    try {
      for await (const _ of writeCohort({ folder: join(folder, "cohort"), women: harness.quick ? 2 : 5, seed: 1 }));
      const files = (await readDreamCohort(join(folder, "cohort"))).images.map(({ path }) => path);
      const bytes = (await Promise.all(files.map(async (file) => (await stat(file)).size))).reduce((sum, size) => sum + size, 0);
      await saveUntrained(join(folder, "bundle"));
      harness.note(
        `${files.length} phantom mammograms in ${(bytes / 1e6).toFixed(0)} MB of DICOM (JPEG Lossless), DreamNet of width ${width}: the JSON report and the page of each exam, no files written. A process of its own each; the first pass over the files is not timed.`,
      );
      for (const threads of [1, 2]) await timeWay(harness, { folder, files, bytes, threads });
      if (process.env["MAMMO_LONG"] === "1") watchMemory(harness, { folder, files, images: 2000 });
      else harness.note("Memory over 2,000 images is measured with MAMMO_LONG=1.");
      timeColdStart(harness, { folder, files: files.slice(0, 4) });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Way {
  readonly folder: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly threads: number;
}

async function timeWay(harness: Harness, { folder, files, bytes, threads }: Way): Promise<void> {
  const ours = await harness.child({
    name: "ours",
    command: process.execPath,
    args: [...process.execArgv, program("scoring.ts"), String(threads), join(folder, "bundle"), ...files],
    environment: { MAMMO_BACKEND: "" },
    work: files.length,
  });
  if (!ours) return;
  const peer = await harness.child({
    ...{ name: "pydicom + GDCM + scikit-image + PyTorch", command: python },
    args: [program("pythonScoring.py"), String(width), String(threads), ...files],
    environment: { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
    work: files.length,
  });
  const title = `files to reports, ${threads} thread${threads === 1 ? "" : "s"}`;
  const comparison = await harness.compare(title, [ours, ...(peer ? [peer] : [])], { unit: "images", rounds: harness.quick ? 3 : 9 });
  const { median } = comparison.timings[0]!;
  const { peakMiB, choosing, reading, net, page } = (await ours.memory()) as Record<"peakMiB" | "choosing" | "reading" | "net" | "page", number>;
  const share = (seconds: number) => `${((100 * seconds) / (choosing + reading + net + page)).toFixed(0)} %`;
  harness.note(
    `${title}: ${(files.length / median).toFixed(1)} images/s, ${(bytes / 1e6 / median).toFixed(0)} MB/s of files, ${peakMiB.toFixed(0)} MiB at the most; finding and choosing the views ${share(choosing)}, decoding and standardizing ${share(reading)}, net ${share(net)}, report and page ${share(page)}; 300,000 images would take ${((300_000 * median) / files.length / 3600).toFixed(1)} hours`,
  );
  if (peer) harness.threshold(`score.${threads}-threads.to-Python`, speedup(comparison, ours.name, peer.name), ">=", 2);
  for (const child of [ours, peer]) child?.stop();
}

/** Resident memory of one process over so many images, from a tenth of them on. */
function watchMemory(harness: Harness, { folder, files, images }: Pick<Way, "folder" | "files"> & { readonly images: number }): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", ...process.execArgv, program("scoringMemory.ts"), "2", join(folder, "bundle"), String(images), ...files],
    { encoding: "utf8", env: { ...process.env, MAMMO_BACKEND: "" } },
  );
  if (status !== 0) throw new Error(`Expected ${images} images to be scored, got ${status}: ${stderr}`);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line) as Readonly<Record<string, number>>); // biome-ignore format: one chain
  const mib = (line: Readonly<Record<string, number>>, name: string) => Math.round(line[name]! / 2 ** 20);
  harness.table({
    title: `Memory over ${images} images, 2 threads`,
    columns: ["images", "resident, MiB", "JavaScript heap, MiB", "buffers, MiB"],
    rows: lines.map((line) => [line["images"]!, mib(line, "rss"), mib(line, "heapUsed"), mib(line, "arrayBuffers")]),
  });
  harness.threshold("score.memory.last-to-second-tenth", lines.at(-1)!["rss"]! / lines[2]!["rss"]!, "<=", 1.1);
}

/** From the command to the report of one exam: Node, modules, backend, weights. */
function timeColdStart(harness: Harness, { folder, files }: Pick<Way, "folder" | "files">): void {
  const root = fileURLToPath(new URL("../../../..", import.meta.url));
  const seconds = Array.from({ length: 3 }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        join(root, "packages/tooling/run.mjs"),
        "examples/score/main.ts",
        ...files,
        "--weights",
        join(folder, "bundle"),
        "--out",
        join(folder, "report.json"),
      ],
      { encoding: "utf8", cwd: root },
    );
    if (status !== 0) throw new Error(`Expected npm run score to end well, got ${status}: ${stderr}`);
    return (performance.now() - start) / 1000;
  }).sort((a, b) => a - b);
  harness.note(`npm run score on ${files.length} files from a cold start, TypeScript compiled on the way: ${seconds[1]!.toFixed(1)} s (median of 3)`);
}

/** A bundle of a net that has learned nothing: it takes as long as one that has. */
async function saveUntrained(folder: string): Promise<void> {
  const backend = await selectBackend({ prefer: "cpu" });
  const model = dreamNet({ width, seed: 1 });
  const member = await saveMember(folder, model, { name: "dreamNet", family: "dreamNet", seed: 1 });
  model.dispose();
  await saveBundle(folder, {
    members: [member],
    calibrator: { kind: "platt", slope: 1, intercept: 0 },
    scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
    trainedOn: "nothing",
    standardization: standardizationVersion,
    provenance: readProvenance({ backend, seed: 1, inputs: {} }),
  });
}
