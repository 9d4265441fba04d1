// npm run bench -- io: from the bytes of a file to the standard image, ours against pydicom + GDCM + scikit-image, one image on one thread; then many images on two.
// Needs the data folder (MAMMO_DATA or ../shared/data); the baseline needs a Python: MAMMO_PYTHON=/path/to/python.
import { existsSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeFrame, limitsDefaults, parseDicom, readImagePixel, readMammogram } from "@mammo/io";
import { type Cohort, type MammogramReader, mammogramReader, readDreamCohort } from "@mammo/io/node";
import { writeShards } from "@mammo/io/shards";
import { writeCohort } from "@mammo/phantom/node";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const data = resolve(process.env["MAMMO_DATA"] ?? join(root, "../shared/data"));
const files = [
  { title: "JPEG Lossless, 3062 x 2394", name: "jpeg-lossless", path: "mg-dicom/fo-dicom/GH133.dcm" },
  { title: "JPEG 2000, 4664 x 3064", name: "jpeg-2000", path: "mg-dicom/wg04/MG1_J2KI.dcm" },
] as const;
// The film is a secondary capture that states its resolution in an attribute of its own.
const options = { anySopClass: true, sourceMmPerPixel: [0.05, 0.05] } as const;

export const bench: Bench = {
  name: "io",
  async run(harness) {
    for (const file of files) await timeFile(harness, file);
    const folder = temporaryFolder();
    try {
      for await (const _ of writeCohort({ folder: join(folder, "cohort"), women: 4 }));
      const cohort = await readDreamCohort(join(folder, "cohort"));
      await timeThreads(harness, cohort);
      await manyImages(harness, cohort, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function timeFile(harness: Harness, { title, name, path }: (typeof files)[number]): Promise<void> {
  const full = join(data, path);
  if (!existsSync(full)) return harness.note(`${title} was not timed: the data folder is not there`);
  const bytes = await readFile(full);
  const peer = await harness.child({
    name: "pydicom + GDCM + scikit-image",
    command: process.env["MAMMO_PYTHON"] ?? "python3",
    args: [join(root, "packages/io/reference/bench_peer.py"), full],
    environment: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    work: 1,
  });
  const comparison = await harness.compare(
    `${title}: bytes to standard image`,
    [
      { name: "ours", work: 1, iterate: async () => void (await readMammogram(bytes, options)) },
      {
        name: "ours, decoding alone",
        work: 1,
        async iterate() {
          const file = await parseDicom(bytes);
          await decodeFrame(file, readImagePixel(file.dataSet, limitsDefaults));
        },
      },
      ...(peer ? [peer] : []),
    ],
    { unit: "images" },
  );
  if (peer) harness.threshold(`io.${name}.time-ratio`, 1 / speedup(comparison, "ours", peer.name), "<=", 0.7);
}

/** The same files over one thread and over two: each ends with the whole list read. */
async function timeThreads(harness: Harness, { images }: Cohort): Promise<void> {
  const files = await Promise.all(images.map(({ path }) => readFile(path)));
  const readers = [1, 2].map((threads) => mammogramReader({ threads }));
  const [one, two] = ["one thread", "two threads"] as const;
  const work = files.length;
  const iterate = (reader: MammogramReader) => async () => void (await Promise.all(files.map((bytes) => reader.read(bytes))));
  try {
    const comparison = await harness.compare(
      `phantom cohort, ${files.length} files to standard images`,
      [
        { name: one, work, iterate: iterate(readers[0]!) },
        { name: two, work, iterate: iterate(readers[1]!) },
      ],
      { unit: "images", ...(harness.quick ? { rounds: 3 } : { rounds: 9 }) },
    );
    const gained = speedup(comparison, two, one);
    const [few, all] = [await coresOf(iterate(readers[0]!)), await coresOf(iterate(readers[1]!))];
    harness.note(
      `two threads are ${gained.toFixed(2)} times as fast as one; one thread and its garbage collector keep ${few.toFixed(2)} cores busy, two ${all.toFixed(2)}`,
    );
    // Linear is what the processor has left: one thread's collector already marks on the second core. A tenth for memory that both share.
    harness.threshold("io.two-threads.share-of-linear", gained / (2 / few), ">=", 0.9);
  } finally {
    await Promise.all(readers.map((reader) => reader.dispose()));
  }
}

/** How many cores this process keeps busy meanwhile. */
async function coresOf(work: () => Promise<void>): Promise<number> {
  const [before, start] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - start);
}

/** A cohort of thousands through the writer of shards: its rate, and memory after many images against memory after a few, since nothing may pile up. */
async function manyImages(harness: Harness, cohort: Cohort, folder: string): Promise<void> {
  const [few, many] = harness.quick ? [40, 160] : [100, 2000];
  const images = Array.from({ length: many }, (_, index) => ({ ...cohort.images[index % cohort.images.length]!, id: `${index}` }));
  let [early, peak] = [0, 0];
  const start = performance.now();
  for await (const { done } of writeShards({ ...cohort, images }, { directory: join(folder, "shards"), threads: 2 })) {
    peak = Math.max(peak, process.memoryUsage.rss());
    if (done === few) early = peak;
  }
  const seconds = (performance.now() - start) / 1000;
  const sizes = await Promise.all(cohort.images.map(async ({ path }) => (await stat(path)).size));
  const megabytes = images.reduce((sum, _, index) => sum + sizes[index % sizes.length]!, 0) / 1e6;
  const rate = many / seconds;
  harness.note(
    `phantom cohort to shards, two threads: ${rate.toFixed(1)} images/s, ${(megabytes / seconds).toFixed(0)} MB/s of DICOM files; 300,000 images would take ${(300_000 / rate / 3600).toFixed(1)} hours on two cores`,
  );
  const growth = (peak - early) / 2 ** 20;
  harness.note(`peak memory was ${(early / 2 ** 20).toFixed(0)} MiB up to image ${few} and ${growth.toFixed(0)} MiB more up to image ${many}`);
  // The collector's own slack over three heaps; images kept would be 3.8 MiB each.
  harness.threshold("io.memory-growth-mib", growth, "<=", 128);
}
