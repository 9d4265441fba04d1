// A run's folder: one process writes it at a time, and its manifest (run.json) says what the run is.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FilesError, json } from "@mammo/files";
import { isLockName, isTemporaryName, lockFolder, readJson, removeTemporary, writeFileAtomically } from "@mammo/files/node";
import { requireKnownKeys } from "@mammo/mammogram";
import { PipelineError } from "../pipelineError.ts";

/** run.json: what a run is, by its options and the hash of the cohort that they led to. */
interface RunManifest {
  readonly options: object;
  readonly cohort: string;
}

/** A folder that this process may write until it releases it. */
export interface RunFolder {
  readonly folder: string;
  /**
   * Writes the manifest, or compares with it.
   *
   * @throws PipelineError `other-cohort` where the run was begun with other files: its patients might be split otherwise.
   */
  recordCohort(sha256: string): Promise<void>;
  release(): Promise<void>;
}

/** What may be in the folder of a run, by folder. Only these names' unfinished files are removed. */
const ownFiles: Readonly<Record<string, RegExp>> = {
  ".": /^(run|summary|sanity|instance|masses|fold-[\w-]+)\.json$|^(report|diagnosis)\.html$|^(predictions|predictions_exams|predictions_images|findings|labels|members|not-read)\.tsv$/,
  checkpoints: /^[\w-]+\.((best\.)?safetensors|(not-finite\.)?json|dynamics\.jsonl)$/,
  bundle: /^[\w.-]+\.(safetensors|json)$/,
  parts: /^\d+\.json$/,
};

/** What a run that was killed before its run.json has left: its own folders, and unfinished files, which begin with a dot. */
const isLeft = (name: string): boolean =>
  /^(cohort|shards|checkpoints|bundle|instances|parts)$/.test(name) ||
  isTemporaryName(name, (target) => ownFiles["."]!.test(target)) ||
  isLockName(name);

/**
 * Takes a folder for a run, made where it is not there; removes what killed runs have left unfinished in it.
 *
 * @throws FilesError `in-use` where another process writes it, `not-empty` where it holds no run but files of somebody's; PipelineError `run-exists` where it holds a run and `resume` is false, `other-options` where that run has other options.
 */
export async function openRunFolder(folder: string, options: object, call: { readonly resume: boolean }): Promise<RunFolder> {
  requireKnownKeys("openRunFolder", call, { resume: true });
  const { resume } = call;
  const lock = await lockFolder(folder);
  const path = join(folder, "run.json");
  try {
    const before = await readManifest(path);
    if (before && !resume) throw new PipelineError("run-exists", "Expected a folder without a run, got one that holds one");
    if (before && !isSame(before.options, options))
      throw new PipelineError("other-options", "Expected the options that run.json in the folder states, got others");
    const others = before ? [] : (await readdir(folder)).filter((name) => !isLeft(name));
    if (others.length > 0)
      throw new FilesError("not-empty", `Expected a new or empty folder, or one with a run, got one with ${others.length} other entries`);
    for (const [name, own] of Object.entries(ownFiles)) await removeTemporary(join(folder, name), (target) => own.test(target));
  } catch (error) {
    await lock.release();
    throw error;
  }
  return {
    folder,
    async recordCohort(cohort) {
      const before = await readManifest(path);
      if (before && before.cohort !== cohort)
        throw new PipelineError("other-cohort", "Expected the cohort's files to be those that the run was begun with, got others");
      if (!before) await writeFileAtomically(path, json({ options, cohort } satisfies RunManifest));
    },
    release: lock.release,
  };
}

/** run.json, where it is there: schemas/run.schema.json. */
async function readManifest(path: string): Promise<RunManifest | undefined> {
  const file = await readJson(path);
  if (file === undefined) return undefined;
  const { options, cohort } = (file ?? {}) as Partial<Record<keyof RunManifest, unknown>>;
  if (typeof options !== "object" || options === null || Array.isArray(options) || typeof cohort !== "string" || !/^[\da-f]{64}$/.test(cohort))
    throw new PipelineError(
      "other-options",
      "Expected run.json in the folder to state a run's options and the SHA-256 of its cohort, got something else",
    );
  return { options, cohort };
}

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(JSON.parse(JSON.stringify(b)));
