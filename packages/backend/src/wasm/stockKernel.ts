import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";

/** What tfjs passes to a kernel. */
export interface KernelArguments<Names extends string, Attributes> {
  readonly inputs: Readonly<Record<Names, TensorInfo>>;
  readonly attrs: Attributes;
}

/** Our kernel under a stock name; where it returns undefined (a case that it does not know), the stock kernel of before runs. */
export function stockKernel<Names extends string, Attributes>(
  kernelName: string,
  compute: (args: KernelArguments<Names, Attributes>) => TensorInfo | undefined,
): KernelConfig {
  const stock = getKernel(kernelName, "wasm")?.kernelFunc;
  const kernelFunc = ((args: Parameters<KernelFunc>[0]) => {
    const ours = compute(args as unknown as KernelArguments<Names, Attributes>);
    if (ours) return ours;
    if (!stock) throw new BackendError("unavailable", `Expected a ${kernelName} that the wasm backend knows (float32, NHWC), got another one`);
    return stock(args);
  }) as KernelFunc;
  return { kernelName, backendName: "wasm", kernelFunc };
}
