import { backend, setBackend, type TensorInfo } from "@tensorflow/tfjs-core";
import { forBackend, type HostValues, replaceKernel } from "../repairs/hostKernel.ts";
import { maxPoolGrad } from "../repairs/maxPoolGrad.ts";
import { repairs } from "../repairs/repairs.ts";
import { requireWindows } from "../repairs/requireWindows.ts";

interface CpuBackend {
  readonly data: { get(dataId: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: readonly number[], dtype: "float32", values: Float32Array): TensorInfo;
  /** Whether to print an advertisement for tfjs-node at the first tensor. */
  firstUse: boolean;
}

/** Starts tfjs's backend in plain JavaScript, with its wrong gradients replaced: slow, and bit-for-bit the same everywhere. */
export async function startCpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-cpu");
  await setBackend("cpu");
  const cpu = backend() as unknown as CpuBackend;
  cpu.firstUse = false;
  const host: HostValues = {
    backend: "cpu",
    floats: (tensor) => cpu.data.get(tensor.dataId).values,
    make(shape, fill) {
      const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
      fill(values);
      return cpu.makeTensorInfo(shape, "float32", values);
    },
  };
  for (const repair of [maxPoolGrad, ...repairs]) replaceKernel(forBackend(host, repair));
  requireWindows("cpu");
}
