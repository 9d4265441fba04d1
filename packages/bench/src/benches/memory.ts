// npm run bench -- memory: does the memory of npm run score stay flat over 2,000 images.
import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDreamCohort } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import type { Bench } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";
import { saveUntrained } from "../nets/untrainedBundle.ts";

/** Narrow, so that the images pass in minutes; what is kept of an image does not depend on it. */
const width = 1 / 32;
const program = fileURLToPath(new URL("./contenders/scoringMemory.ts", import.meta.url));

type Tenth = Readonly<Record<"images" | "rss" | "heapUsed" | "arrayBuffers", number>>;

export const bench: Bench = {
  name: "memory",
  async run(harness) {
    const images = harness.quick ? 200 : 2000;
    const folder = temporaryFolder();
    try {
      for await (const _ of writeCohort({ folder: join(folder, "cohort"), women: 5, seed: 1 }));
      const files = (await readDreamCohort(join(folder, "cohort"))).images.map(({ path }) => path);
      await saveUntrained(join(folder, "bundle"), width);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--expose-gc", ...process.execArgv, program, "2", join(folder, "bundle"), String(images), ...files],
        { encoding: "utf8", env: { ...process.env, MAMMO_BACKEND: "" } },
      );
      if (status !== 0) throw new Error(`Expected ${images} images to be scored, got ${status}: ${stderr}`);
      const tenths = stdout.trim().split("\n").map((line) => JSON.parse(line) as Tenth); // biome-ignore format: one chain
      const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
      harness.note(
        `${files.length} phantom mammograms again and again, DreamNet of width ${width}, 2 threads and as many that read; garbage is collected before each row.`,
      );
      harness.table({
        title: `Memory over ${images} images`,
        columns: ["images", "resident, MiB", "JavaScript heap, MiB", "buffers, MiB"],
        rows: tenths.map(({ images, rss, heapUsed, arrayBuffers }) => [images, mib(rss), mib(heapUsed), mib(arrayBuffers)]),
      });
      // Threads and heaps have their size after two tenths.
      harness.threshold("memory.last-to-third-tenth", tenths.at(-1)!.rss / tenths[2]!.rss, "<=", 1.1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
