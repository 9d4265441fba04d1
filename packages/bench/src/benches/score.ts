// npm run bench -- score: the whole way from files to a report with its page, beside the open Python way (pydicom + GDCM + scikit-image, and the same net in PyTorch) on the same files.
import { spawnSync } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDreamCohort } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";
import { saveUntrained } from "../nets/untrainedBundle.ts";

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
      await saveUntrained(join(folder, "bundle"), width);
      harness.note(
        `${files.length} phantom mammograms in ${(bytes / 1e6).toFixed(0)} MB of DICOM (JPEG Lossless), DreamNet of width ${width}: the JSON report and the page of each exam, no files written. A process of its own each; the first pass over the files is not timed.`,
      );
      for (const threads of [1, 2]) await timeWay(harness, { folder, files, bytes, threads });
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
