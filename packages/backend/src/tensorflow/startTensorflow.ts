import { backend, setBackend } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { isNode, nodeModule } from "../node.ts";
import { replaceKernel } from "../repairs/hostKernel.ts";
import { resizeBilinearGrad } from "./resizeBilinearGrad.ts";

interface TensorflowBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** The packages that hold TensorFlow's library; each also sets the backend when it is imported. */
const packages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/**
 * Starts native TensorFlow through tfjs-node-gpu or tfjs-node (optional peers) and makes it current; says what computes.
 * Both fall back to the processor without a word: only the backend's own flag tells, and `device` must match it.
 */
export async function startTensorflow(device: "GPU" | "CPU"): Promise<string> {
  if (!isNode()) throw new BackendError("unavailable", "it needs Node");
  putBackOldUtilities();
  await importFirst();
  if (!(await setBackend("tensorflow"))) throw new BackendError("unavailable", "TensorFlow refused to start");
  const tensorflow = backend() as unknown as TensorflowBackend;
  const found = tensorflow.isUsingGpuDevice ? "GPU" : "CPU";
  if (found !== device) throw new BackendError("unavailable", `its TensorFlow ${tensorflow.binding.TF_Version} computes on the ${found}`);
  replaceKernel(resizeBilinearGrad);
  return `${device}, TensorFlow ${tensorflow.binding.TF_Version}`;
}

async function importFirst(): Promise<void> {
  const reasons: string[] = [];
  for (const name of packages) {
    try {
      await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
      return;
    } catch (error) {
      const missing = (error as { code?: string }).code === "ERR_MODULE_NOT_FOUND";
      reasons.push(missing ? `${name} is not installed` : `${name} does not load (${firstLine(error)})`);
    }
  }
  throw new BackendError("unavailable", reasons.join(", "));
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

/** tfjs-node 4.22 calls two functions that Node 23 has dropped. */
function putBackOldUtilities(): void {
  const util = nodeModule("node:util") as { isNullOrUndefined?: unknown; isArray?: unknown };
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
