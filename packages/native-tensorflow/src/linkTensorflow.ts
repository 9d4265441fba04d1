import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { requireKnownKeys } from "@mammo/mammogram";
import { compileAddon } from "./compileAddon.ts";
import { NativeTensorflowError } from "./errors.ts";
import { selfTestLinked } from "./selfTestLinked.ts";
import { activateLinked, findTfjsNode, makeLinkedFolder } from "./tfjsNode.ts";
import { checkWheel, fetchWheel, unpackWheel } from "./wheel.ts";

/** The newest release that passed the whole gradient table and prints nothing of its own when it starts (2.21 does). */
export const defaultVersion = "2.20.0";

export interface LinkOptions {
  /** Folder whose node_modules holds tfjs-node. */
  readonly project: string;
  /** A wheel of Python's tensorflow or tensorflow-cpu on this machine; default: pip fetches one. */
  readonly wheel?: string;
  /** Of TensorFlow, for pip; default 2.20.0. */
  readonly version?: string;
  /** The wheel's expected SHA-256, in hexadecimal; only wheels of known releases are taken without it. */
  readonly sha256?: string;
  /** The folder `nvidia` of a Python environment with tensorflow[and-cuda]: TensorFlow looks for CUDA there. */
  readonly cuda?: string;
  /** Folder with node_api.h; default: that of this Node. */
  readonly headers?: string;
  /** Called with a line of text before each step. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Links tfjs-node's addon to the libtensorflow inside a Python wheel: current CUDA, current processors, no download from tfjs's own host.
 *
 * All is built in a second, complete package inside the first; a process of its own must pass the self-test of `@mammo/backend` with it; then one rename puts it
 * in use. When a step before that fails or is killed, nothing changes. Needs python3 and a C++ compiler; Linux on x86-64. Source: ours.
 * @throws NativeTensorflowError "unavailable" (no tfjs-node, no such wheel), "wrong-hash", "link-failed" (compiler, headers, self-test)
 * @example await linkTensorflow({ project: process.cwd(), onProgress: console.log });
 */
export async function linkTensorflow(options: LinkOptions): Promise<void> {
  requireKnownKeys("linkTensorflow", options, {
    project: true,
    wheel: true,
    version: true,
    sha256: true,
    cuda: true,
    headers: true,
    onProgress: true,
  });
  const { project, version = defaultVersion, cuda, onProgress = () => {} } = options;
  const target = findTfjsNode(project);
  const work = mkdtempSync(join(tmpdir(), "mammo-link-"));
  let linked: string | undefined;
  try {
    const wheel = options.wheel ?? fetchWheel(target.name.endsWith("-gpu") ? "tensorflow" : "tensorflow-cpu", version, work);
    const hash = await checkWheel(wheel, options.sha256);
    onProgress(`wheel: sha256 ${hash}`);
    linked = makeLinkedFolder(target, hash);
    unpackWheel(wheel, join(linked, "deps"));
    if (cuda !== undefined) {
      if (!existsSync(join(cuda, "cuda_runtime", "lib")))
        throw new NativeTensorflowError("unavailable", `Expected cuda_runtime/lib in the folder of --cuda, got none in ${cuda}`);
      symlinkSync(resolve(cuda), join(linked, "deps", "nvidia"));
    }
    onProgress("compiling the addon");
    compileAddon(target, linked, options.headers);
    onProgress(`self-test: ${selfTestLinked(linked)}`);
    activateLinked(target, linked);
  } catch (error) {
    if (linked !== undefined) rmSync(linked, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
