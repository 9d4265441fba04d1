import { getKernel, type KernelConfig, type KernelFunc, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { attributes, type KernelArguments } from "./tensorflowBackend.ts";

interface Attributes {
  readonly activation: string | null;
  readonly [name: string]: unknown;
}

/**
 * FusedConv2D: convolution, TensorFlow's BiasAdd, ReLU. tfjs-node adds the bias by broadcasting, at twice the time.
 * What has another activation or layout, or a bias that is not one value a channel, goes to the stock kernel.
 */
export function fusedConv(): KernelConfig {
  const [stock, conv] = ["FusedConv2D", "Conv2D"].map((name) => getKernel(name, "tensorflow").kernelFunc) as [KernelFunc, KernelFunc];
  const kernelFunc = (args: KernelArguments<"x" | "filter" | "bias", Attributes>) => {
    const { inputs, attrs, backend } = args;
    const channelwise = inputs.bias?.shape.length === 1 && inputs.bias.shape[0] === inputs.filter.shape[3] && attrs["dataFormat"] === "NHWC";
    const known = attrs.activation === "linear" || attrs.activation === "relu";
    if (!(channelwise && known)) return stock(args as unknown as Parameters<KernelFunc>[0]);
    const sums = conv({ inputs: { x: inputs.x, filter: inputs.filter }, attrs, backend } as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
    const single = (name: string, strings: Readonly<Record<string, string>>, ...from: readonly TensorInfo[]) => {
      const result = backend.executeSingleOutput(name, attributes(backend, { float32: ["T"], strings }), from);
      // tfjs-node makes a tensor of each result.
      (from[0] as Tensor).dispose();
      return result;
    };
    const biased = single("BiasAdd", { data_format: "NHWC" }, sums, inputs.bias);
    return attrs.activation === "relu" ? single("Relu", {}, biased) : biased;
  };
  return { kernelName: "FusedConv2D", backendName: "tensorflow", kernelFunc: kernelFunc as unknown as KernelFunc };
}
