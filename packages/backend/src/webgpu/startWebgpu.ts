import { env, findBackendFactory, type KernelConfig, registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { isNode } from "../node.ts";
import { replaceKernel } from "../repairs/hostKernel.ts";
import { type AdapterInfo, describeAdapter, isSoftware } from "./adapter.ts";
import { addN } from "./addN.ts";
import { avgPoolGrad } from "./avgPoolGrad.ts";
import { openDawn, probeDawn } from "./dawn.ts";
import { reportFaults } from "./faults.ts";
import type { AdapterRequest, Gpu, GpuAdapter, GpuDevice } from "./gpu.ts";
import { resizeBilinearGrad } from "./resizeBilinearGrad.ts";
import type { WebgpuBackend } from "./webgpuBackend.ts";

type Kind = keyof typeof requests;

interface TfjsWebgpu {
  readonly WebGPUBackend: new (device: GpuDevice, info: AdapterInfo) => WebgpuBackend;
}

/** Tried in this order. Browsers return a software adapter when a fallback is asked for; Dawn returns Mesa's only when it is not. */
const requests = {
  hardware: [{ powerPreference: "high-performance" }],
  software: [{ forceFallbackAdapter: true }, {}],
} satisfies Record<string, readonly AdapterRequest[]>;

/** Limits that tfjs's kernels may use in full; a device has WebGPU's modest defaults unless asked. */
const limits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
];

/**
 * Starts tfjs's WebGPU backend on a GPU, or on one in software, and makes it current; says what computes, and when it is lost.
 *
 * In Node WebGPU comes from the optional peer `webgpu` (Dawn), in browsers from `navigator.gpu`.
 */
export async function startWebgpu(kind: Kind): Promise<{ device: string; lost: Promise<unknown> }> {
  // In Node the driver is tried elsewhere first: see probeDawn.
  if (isNode()) requireAdapter(kind, await probeDawn(requests[kind]));
  const gpu = isNode() ? await openDawn() : (navigator as { gpu?: Gpu }).gpu;
  if (!gpu) throw new BackendError("unavailable", "this browser has no navigator.gpu");
  let adapter: GpuAdapter | null = null;
  for (const request of requests[kind]) adapter ??= await gpu.requestAdapter(request);
  const info = requireAdapter(kind, adapter?.info);
  const device = await openDevice(adapter!);
  const backend = withNavigator(gpu, await tfjsWebgpu(), ({ WebGPUBackend }) => new WebGPUBackend(device, info));
  reportFaults(backend, device);
  // In a browser tfjs has registered a factory of its own, which asks for another adapter.
  if (findBackendFactory("webgpu")) removeBackend("webgpu");
  registerBackend("webgpu", () => backend);
  await setBackend("webgpu");
  // tfjs computes small tensors on the processor, by other kernels: what the self-test and the gradient table test must be what runs.
  env().set("WEBGPU_CPU_FORWARD", false);
  repairs ??= [addN(), avgPoolGrad(), resizeBilinearGrad];
  for (const repair of repairs) replaceKernel(repair);
  return { device: describeAdapter(info), lost: device.lost };
}

/** Made once: they call the stock kernels, which they have replaced by the time of a second start. */
let repairs: readonly KernelConfig[] | undefined;

/** The adapter's info if it is of the kind that is asked for, else an error. */
function requireAdapter(kind: Kind, info: AdapterInfo | undefined): AdapterInfo {
  if (!info) throw new BackendError("unavailable", kind === "hardware" ? "no GPU was found" : "no software GPU was found");
  if (isSoftware(info) !== (kind === "software")) throw new BackendError("unavailable", `what was found is a ${describeAdapter(info)}`);
  return info;
}

async function openDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredFeatures = ["timestamp-query"].filter((name) => adapter.features.has(name));
  return adapter.requestDevice({ requiredFeatures, requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]!])) });
}

async function tfjsWebgpu(): Promise<TfjsWebgpu> {
  // A plain import within try is what bundlers take into a page where the optional peer is installed, and forgive where it is not.
  try {
    return (await import("@tensorflow/tfjs-backend-webgpu")) as unknown as TfjsWebgpu;
  } catch (cause) {
    throw new BackendError("unavailable", "the package @tensorflow/tfjs-backend-webgpu is not installed or does not load", { cause });
  }
}

/** tfjs's constructor reads `navigator.gpu`, though it is given the device. Node has none, so it exists for the time of `work` only. */
function withNavigator<T, R>(gpu: Gpu, argument: T, work: (argument: T) => R): R {
  if (!isNode()) return work(argument);
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { gpu } });
  try {
    return work(argument);
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
