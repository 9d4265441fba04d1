import { env, getKernelsForBackend } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { nodeModule } from "../node.ts";
import { replaceKernel } from "../repairs/hostKernel.ts";

/** The packages that hold TensorFlow's library; each registers and starts the backend when it is imported. */
const packages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/**
 * Imports tfjs-node: the one whose folder MAMMO_TFJS_NODE names, else the one installed beside this package.
 *
 * `threads` counts for TensorFlow's own pool and only the first time in a process. It shares tfjs's engine even where it brings its own copy of tfjs-core,
 * since the engine is the global object's.
 * @throws BackendError "unavailable" that says what is not installed or does not load
 */
export async function importTfjsNode(threads: number): Promise<void> {
  process.env["TF_NUM_INTRAOP_THREADS"] ??= String(threads);
  // Libraries are silent: no message on the processor's instructions, no warning that the cpu backend is registered twice.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
  restoreOldUtilities();
  const wasProduction = env().getBool("PROD");
  env().set("PROD", true);
  // tfjs-node brings the stock kernels of cpu, which would replace those repaired before.
  const before = getKernelsForBackend("cpu");
  try {
    await importFirst(process.env["MAMMO_TFJS_NODE"]);
    for (const kernel of before) replaceKernel(kernel);
  } finally {
    env().set("PROD", wasProduction);
  }
}

async function importFirst(folder: string | undefined): Promise<void> {
  const reasons: string[] = [];
  for (const name of folder ? [folder] : packages) {
    try {
      if (folder) nodeModule("node:module").createRequire(import.meta.url)(folder);
      else await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
      return;
    } catch (error) {
      const missing = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes((error as { code?: string }).code ?? "");
      reasons.push(missing ? `${folder ? "the folder of MAMMO_TFJS_NODE" : name} is not installed` : `${name} does not load (${firstLine(error)})`);
    }
  }
  throw new BackendError("unavailable", reasons.join(", "));
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

/** tfjs-node 4.22 calls two functions that Node 23 has dropped and Node 22 warns of. */
function restoreOldUtilities(): void {
  const util = nodeModule("node:util") as { isNullOrUndefined?: unknown; isArray?: unknown };
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
