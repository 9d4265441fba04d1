// A run's folder: whose it is, and that one process writes it at a time.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { json, readJson, writeWhole } from "../shared/files.ts";
import { UsageError } from "../shared/program.ts";

/** What a run is: its options, and the hash of the cohort that they led to. */
export interface Run {
  readonly options: object;
  readonly cohort: string;
}

/** Refuses a folder that another process writes, or that holds a run that this one does not go on with; sweeps what killed writers left aside. */
export async function openFolder(out: string, options: object, resume: boolean): Promise<void> {
  const writer = await readJson<{ readonly pid: number }>(join(out, "writer.json"));
  if (writer && writer.pid !== process.pid && isAlive(writer.pid))
    throw new UsageError(`Expected no other run to write ${out}, but process ${writer.pid} does`);
  const before = await readJson<Run>(join(out, "run.json"));
  if (before && !resume)
    throw new UsageError(`Expected --out to be a folder without a run, got ${out}: pass --resume to go on with it, or another --out`);
  if (before && !isSame(before.options, options))
    throw new UsageError(`Expected --resume with the options that ${join(out, "run.json")} names, got others`);
  await writeWhole(join(out, "writer.json"), json({ pid: process.pid }));
  for (const folder of [out, join(out, "checkpoints"), join(out, "standard"), join(out, "bundle")]) {
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const name of names.filter((name) => name.startsWith("."))) await rm(join(folder, name), { force: true });
  }
}

/** Writes down what the run is, or refuses to go on with files that have changed: their women might be split otherwise. */
export async function claim(out: string, run: Run): Promise<void> {
  const path = join(out, "run.json");
  const before = await readJson<Run>(path);
  if (before && before.cohort !== run.cohort)
    throw Object.assign(new Error(`Expected the cohort's files to be those that ${path} was begun with, got others`), { code: "other-cohort" });
  if (!before) await writeWhole(path, json(run));
}

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(JSON.parse(JSON.stringify(b)));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
