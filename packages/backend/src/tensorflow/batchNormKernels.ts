import { dispose, type KernelConfig, type KernelFunc, mul, type Tensor, type TensorInfo, tensor1d } from "@tensorflow/tfjs-core";
import { attributes, type KernelArguments, type TensorflowBackend } from "./tensorflowBackend.ts";

interface Attributes {
  readonly epsilon: number;
  readonly relu: boolean;
}

const kinds = (backend: TensorflowBackend, epsilon: number, more: Readonly<Record<string, number>> = {}) =>
  attributes(backend, {
    float32: ["T", "U"],
    booleans: { is_training: true },
    floats: { epsilon, ...more },
    strings: { data_format: "NHWC" },
  });

/** {x, scale, offset} -> [y, mean, variance (biased)] */
function train({ inputs: { x, scale, offset }, attrs, backend }: KernelArguments<"x" | "scale" | "offset", Attributes>): TensorInfo[] {
  const empty = tensor1d([], "float32");
  const found = backend.executeMultipleOutputs(
    "FusedBatchNormV3",
    kinds(backend, attrs.epsilon, { exponential_avg_factor: 1 }),
    [x, scale, offset, empty, empty],
    6,
  );
  const [y, mean, unbiased, ...reserved] = found as [TensorInfo, TensorInfo, TensorInfo, ...TensorInfo[]];
  const count = x.shape.reduce((product, side) => product * side, 1) / scale.shape[0]!;
  const variance = mul(unbiased as Tensor, (count - 1) / Math.max(1, count));
  const activated = attrs.relu ? relu(backend, y) : y;
  release(empty, unbiased, ...reserved, ...(attrs.relu ? [y] : []));
  return [activated, mean, variance];
}

/** {dy, x, y, scale, mean, variance} -> [dx, dscale, doffset] */
function grad({ inputs, attrs, backend }: KernelArguments<"dy" | "x" | "y" | "scale" | "mean" | "variance", Attributes>): TensorInfo[] {
  const { x, y, scale, mean, variance } = inputs;
  const dy = attrs.relu ? backend.executeSingleOutput("ReluGrad", attributes(backend, { float32: ["T"] }), [inputs.dy, y]) : inputs.dy;
  const empty = tensor1d([], "float32");
  // On a processor the two reserved tensors of the forward pass are the mean and the biased variance themselves.
  const [dx, dscale, doffset, ...rest] = backend.executeMultipleOutputs(
    "FusedBatchNormGradV3",
    kinds(backend, attrs.epsilon),
    [dy, x, scale, mean, variance, empty],
    5,
  ) as [TensorInfo, TensorInfo, TensorInfo, ...TensorInfo[]];
  release(empty, ...rest, ...(attrs.relu ? [dy] : []));
  return [dx, dscale, doffset];
}

const relu = (backend: TensorflowBackend, x: TensorInfo) => backend.executeSingleOutput("Relu", attributes(backend, { float32: ["T"] }), [x]);

/** tfjs-node makes a tensor of each result. */
const release = (...tensors: readonly TensorInfo[]) => dispose(tensors as Tensor[]);

const kernel = (kernelName: string, kernelFunc: unknown): KernelConfig => ({
  kernelName,
  backendName: "tensorflow",
  kernelFunc: kernelFunc as KernelFunc,
});

/**
 * MammoBatchNormTrain and MammoBatchNormTrainGrad by TensorFlow's fused operations, for the CPU.
 *
 * Not for a GPU: there the reserved tensors are cuDNN's own and would have to be kept.
 */
export const batchNormKernels: readonly KernelConfig[] = [kernel("MammoBatchNormTrain", train), kernel("MammoBatchNormTrainGrad", grad)];
