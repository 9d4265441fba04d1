import { type ChildProcess, fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@mammo/files/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { type CohortOptions, type ExamSpec, planCohort } from "./plan.ts";
import { annotationsTable, crosswalkTable, type ImageRow, metadataTable } from "./tables.ts";
import { fileNameOf, writeExam } from "./writeExam.ts";

/** Where a cohort goes and who makes it. */
export interface WriteCohortOptions extends Partial<CohortOptions> {
  /** Made where it is missing. */
  readonly folder: string;
  /** Processes that render; 0: this one. Default 0. */
  readonly workers?: number;
}

/** How far the writing is, in exams. */
export interface CohortProgress {
  readonly done: number;
  readonly total: number;
}

/** What was written. */
export interface CohortSummary {
  readonly folder: string;
  readonly women: number;
  readonly exams: number;
  readonly images: number;
}

/**
 * Writes a cohort folder in the layout of the DREAM challenge: `images/*.dcm`, `images_crosswalk.tsv`, `exams_metadata.tsv`, and our
 * `annotations.tsv`. Yields after each exam; the bytes do not depend on the number of workers.
 *
 * It can be stopped at any moment and run again: whole images are kept, and the tables come last, each written aside and renamed.
 *
 * @throws RangeError for options out of range; FilesError `write-failed` when a file cannot be written
 * @example for await (const { done, total } of writeCohort({ folder: "cohort", women: 20, workers: 2 })) console.log(`${done}/${total}`);
 */
export async function* writeCohort(options: WriteCohortOptions): AsyncGenerator<CohortProgress, CohortSummary> {
  requireKnownKeys("writeCohort", options, {
    folder: true,
    workers: true,
    seed: true,
    women: true,
    cancerShare: true,
    benignShare: true,
    kinds: true,
    conspicuity: true,
    priorShare: true,
    missingViewShare: true,
    extraViewShare: true,
    oneBreastShare: true,
    skinMarkers: true,
    devices: true,
    deviceMix: true,
  });
  const { folder, workers = 0, ...plan } = options;
  if (!(Number.isInteger(workers) && workers >= 0)) throw new RangeError(`Expected workers to be a whole number from 0 on, got ${workers}`);
  const exams = planCohort(plan);
  const images = join(folder, "images");
  await mkdir(images, { recursive: true });
  const rows: (readonly ImageRow[])[] = [];
  let done = 0;
  for await (const { index, written } of workers === 0 ? here(exams, images) : inProcesses(exams, images, Math.min(workers, exams.length))) {
    rows[index] = written;
    yield { done: ++done, total: exams.length };
  }
  const nameOf = (exam: ExamSpec, image: number) => fileNameOf(exam.images[image - 1]!);
  await writeFileAtomically(join(folder, "annotations.tsv"), annotationsTable(rows.flat()));
  await writeFileAtomically(join(folder, "exams_metadata.tsv"), metadataTable(exams));
  await writeFileAtomically(join(folder, "images_crosswalk.tsv"), crosswalkTable(exams, nameOf));
  return { folder, women: new Set(exams.map(({ woman }) => woman)).size, exams: exams.length, images: rows.flat().length };
}

interface Written {
  readonly index: number;
  readonly written: readonly ImageRow[];
}

async function* here(exams: readonly ExamSpec[], folder: string): AsyncGenerator<Written> {
  for (const [index, exam] of exams.entries()) yield { index, written: await writeExam(exam, folder) };
}

async function* inProcesses(exams: readonly ExamSpec[], folder: string, count: number): AsyncGenerator<Written> {
  // The same program in its source and its built form. Processes and not threads: they inherit the loader and the conditions that this one runs under.
  const program = import.meta.url.endsWith(".ts") ? new URL("./examProcess.ts", import.meta.url) : new URL("./examProcess.js", import.meta.url);
  const workers = Array.from({ length: count }, () => fork(program));
  let next = 0;
  const handOut = async (worker: ChildProcess) => {
    const index = next++;
    return { worker, index, written: await askFor(worker, { exam: exams[index]!, folder }) };
  };
  try {
    const running = new Map(workers.map((worker) => [worker, handOut(worker)]));
    while (running.size > 0) {
      const { worker, index, written } = await Promise.race(running.values());
      running.delete(worker);
      if (next < exams.length) running.set(worker, handOut(worker));
      yield { index, written };
    }
  } finally {
    for (const worker of workers) worker.kill();
  }
}

type Answer = { readonly rows: readonly ImageRow[] } | { readonly failure: string };

function askFor(worker: ChildProcess, task: { readonly exam: ExamSpec; readonly folder: string }): Promise<readonly ImageRow[]> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`Expected a rendering process to go on, but it ended with ${code}`));
    worker.once("exit", ended);
    worker.once("message", (answer: Answer) => {
      worker.off("exit", ended);
      if ("rows" in answer) resolve(answer.rows);
      else reject(new Error(answer.failure));
    });
    worker.send(task);
  });
}
