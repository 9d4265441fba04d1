// npm run bench -- io: from the bytes of a file to the standard picture, ours against pydicom + GDCM + scikit-image, one image on one thread.
// Needs the data folder (MAMMO_DATA or ../shared/data); the rival needs a Python of its own: MAMMO_PYTHON=/path/to/python.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeFrame, limitsDefaults, parseDicom, readImagePixel, readMammogram } from "@mammo/io";
import { readCohortImage, readDreamCohort } from "@mammo/io/node";
import { writeCohort } from "@mammo/phantom/node";
import type { Bench, Harness } from "./harness.ts";
import { speedup } from "./harnessRace.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const data = resolve(process.env["MAMMO_DATA"] ?? join(root, "../shared/data"));
const files = [
  { title: "JPEG Lossless, 3062 x 2394", bar: "jpeg-lossless", path: "mg-dicom/fo-dicom/GH133.dcm" },
  { title: "JPEG 2000, 4664 x 3064", bar: "jpeg-2000", path: "mg-dicom/wg04/MG1_J2KI.dcm" },
] as const;
// The film is a secondary capture that states its resolution in an attribute of its own.
const options = { anySopClass: true, sourceMmPerPixel: [0.05, 0.05] } as const;

export const bench: Bench = {
  name: "io",
  async run(harness) {
    for (const file of files) await raceFile(harness, file);
    await steadyMemory(harness);
  },
};

async function raceFile(harness: Harness, { title, bar, path }: (typeof files)[number]): Promise<void> {
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
  const race = await harness.race(
    `${title}: bytes to standard picture`,
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
  if (peer) harness.bar(`io.${bar}.time-ratio`, 1 / speedup(race, "ours", peer.name), "<=", 0.7);
}

/** Memory after many images against memory after a few: nothing may pile up. */
async function steadyMemory(harness: Harness): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mammo-bench-io-"));
  try {
    for await (const _ of writeCohort({ folder, women: 4 }));
    const { images } = await readDreamCohort(folder);
    const [few, many] = harness.quick ? [40, 160] : [100, 2000];
    let sum = 0;
    let memory = 0;
    const start = performance.now();
    for (let index = 0; index < many; index++) {
      sum += (await readCohortImage(images[index % images.length]!)).nipple[1];
      if (index + 1 === few) memory = process.memoryUsage().rss;
    }
    if (!Number.isFinite(sum)) throw new Error("Expected a nipple in every picture");
    const growth = (process.memoryUsage().rss - memory) / 2 ** 20;
    const rate = (1000 * many) / (performance.now() - start);
    harness.note(
      `phantom cohort, one thread: ${rate.toFixed(1)} images/s; 300,000 images would take ${(300_000 / rate / 3600).toFixed(1)} core-hours`,
    );
    harness.note(`memory grew by ${growth.toFixed(0)} MiB from image ${few} to image ${many}`);
    harness.bar("io.memory-growth-mib", growth, "<=", 64);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
