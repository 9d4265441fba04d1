import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BackendError } from "../errors.ts";
import { compileAddon } from "./compileAddon.ts";
import { runCommand } from "./runCommand.ts";
import { findTfjsNode, startLinked, switchTo } from "./tfjsNode.ts";
import { fetchWheel, judgeWheel, unpackWheel } from "./wheel.ts";

export interface LinkOptions {
  /** Folder whose node_modules holds tfjs-node. */
  readonly project: string;
  /** A wheel of Python's tensorflow or tensorflow-cpu; default: fetched with pip. */
  readonly wheel?: string;
  /** Of TensorFlow, for pip. */
  readonly version: string;
  /** What the wheel's SHA-256 must be, in hexadecimal. */
  readonly sha256?: string;
  /** The folder `nvidia` of a Python environment with tensorflow[and-cuda]: TensorFlow looks for CUDA there. */
  readonly cuda?: string;
  /** Folder with node_api.h; default: that of this Node. */
  readonly headers?: string;
  readonly say: (line: string) => void;
}

/**
 * Links tfjs-node's addon to the libtensorflow inside a Python wheel: current CUDA, current processors, no download from tfjs's own host.
 *
 * All is built in a second, complete package inside the first; a process of its own must pass the backend's self-test with it; then one rename puts it in
 * use. Whatever fails or is killed before that leaves things as they were. Needs python3 and a C++ compiler; Linux. Source: ours.
 * @throws BackendError "unavailable" (no tfjs-node, no such wheel), "wrong-hash", "link-failed" (compiler, headers, self-test)
 */
export async function linkTensorflow(options: LinkOptions): Promise<void> {
  const { project, cuda, say } = options;
  const target = findTfjsNode(project);
  const work = mkdtempSync(join(tmpdir(), "mammo-link-"));
  let linked: string | undefined;
  try {
    const wheel = options.wheel ?? fetchWheel(target.name.endsWith("-gpu") ? "tensorflow" : "tensorflow-cpu", options.version, work);
    const hash = await judgeWheel(wheel, options.sha256);
    say(`wheel: sha256 ${hash}`);
    linked = startLinked(target, hash);
    unpackWheel(wheel, join(linked, "deps"));
    if (cuda !== undefined) {
      if (!existsSync(join(cuda, "cuda_runtime", "lib")))
        throw new BackendError("unavailable", `Expected cuda_runtime/lib in the folder of --cuda, got none in ${cuda}`);
      symlinkSync(resolve(cuda), join(linked, "deps", "nvidia"));
    }
    say("compiling the addon");
    compileAddon(target, linked, options.headers);
    say(`self-test: ${proof(linked)}`);
    switchTo(target, linked);
  } catch (error) {
    if (linked !== undefined) rmSync(linked, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Starts the linked TensorFlow in a process of its own: a crash there is an error here. */
function proof(linked: string): string {
  // From the sources the loader of TypeScript is among this process's own arguments.
  const entry = new URL(import.meta.url.endsWith(".ts") ? "../index.ts" : "./index.js", import.meta.url);
  const program = `import { selectBackend } from ${JSON.stringify(entry.href)};
    console.log((await selectBackend({ prefer: "tensorflow" })).device);`;
  const printed = runCommand(process.execPath, [...process.execArgv, "--input-type=module", "--eval", program], {
    code: "link-failed",
    folder: linked,
    environment: { MAMMO_TFJS_NODE: linked, MAMMO_BACKEND: "tensorflow" },
  });
  return printed.trim().split("\n").at(-1) ?? "";
}
