import { backend, setBackend } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { isNode } from "../node.ts";
import { processors } from "../processors.ts";
import { replaceKernel } from "../repairs/hostKernel.ts";
import { batchNormKernels } from "./batchNormKernels.ts";
import { fusedConv } from "./fusedConv.ts";
import { importTfjsNode } from "./importTfjsNode.ts";
import { resizeBilinearGrad } from "./resizeBilinearGrad.ts";
import type { TensorflowBackend } from "./tensorflowBackend.ts";

/**
 * Starts native TensorFlow through tfjs-node-gpu or tfjs-node (optional peers) and makes it current; says what computes, on how many threads of the processor.
 * Both fall back to the processor silently: only the backend's own flag shows it, and `device` must match it.
 */
export async function startTensorflow(device: "GPU" | "CPU", threads: number): Promise<{ device: string; threads: number }> {
  if (!isNode()) throw new BackendError("unavailable", "it needs Node");
  await importTfjsNode(threads);
  if (!(await setBackend("tensorflow"))) throw new BackendError("unavailable", "TensorFlow refused to start");
  const tensorflow = backend() as unknown as TensorflowBackend;
  const found = tensorflow.isUsingGpuDevice ? "GPU" : "CPU";
  if (found !== device) throw new BackendError("unavailable", `its TensorFlow ${tensorflow.binding.TF_Version} computes on the ${found}`);
  replaceKernel(resizeBilinearGrad);
  if (device === "CPU") for (const kernel of [fusedConv(), ...batchNormKernels]) replaceKernel(kernel);
  return { device: `${device}, TensorFlow ${tensorflow.binding.TF_Version}`, threads: device === "GPU" ? 1 : ownThreads() };
}

/** The threads that importTfjsNode, or the user before it, has set; at 0 TensorFlow takes all. */
const ownThreads = () => Number(process.env["TF_NUM_INTRAOP_THREADS"]) || processors();
