import { backend, backend_util, env, getKernel, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { type Convolution, convolve, filterGradient, skipEqualWindows } from "./convolution.ts";
import type { KernelPool } from "./kernelPool.ts";
import { type KernelArguments, stockKernel } from "./stockKernel.ts";

interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "same" | "valid" | number;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}
type Shape4 = [number, number, number, number];

function convInfo(x: readonly number[], filter: readonly number[], attributes: ConvAttributes) {
  const { strides, pad, dilations = 1, dimRoundingMode, dataFormat } = attributes;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  return backend_util.computeConv2DInfo(x as Shape4, filter as Shape4, strides, dilations, pad, dimRoundingMode, false, format);
}

type ConvInfo = ReturnType<typeof convInfo>;

const supported = (info: ConvInfo, ...tensors: readonly TensorInfo[]) =>
  info.dataFormat === "channelsLast" && tensors.every((tensor) => tensor.dtype === "float32") && info.outShape.every((side) => side > 0);

function forward(info: ConvInfo, x: number, y: number): Convolution {
  return {
    ...{ x, y, images: info.batchSize, input: [info.inHeight, info.inWidth], inChannels: info.inChannels },
    ...{ output: [info.outHeight, info.outWidth], outChannels: info.outChannels, kernel: [info.filterHeight, info.filterWidth] },
    ...{ stride: [info.strideHeight, info.strideWidth], dilation: [info.dilationHeight, info.dilationWidth] },
    ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left, spread: [1, 1] },
  };
}

const activations: Readonly<Record<string, string>> = { relu6: "Relu6", elu: "Elu", sigmoid: "Sigmoid", leakyrelu: "LeakyRelu", prelu: "Prelu" };

/** The activation of a fused convolution as its own kernel, in a tensor of its own; what ReLU and linear need is done already. */
function activate(y: TensorInfo, activation: string, weights: TensorInfo | undefined, leakyreluAlpha: number | undefined): TensorInfo {
  if (activation === "relu" || activation === "linear") return y;
  const kernel = getKernel(activations[activation] ?? activation, "wasm");
  const current = backend();
  try {
    if (!kernel) throw new BackendError("unavailable", `Expected an activation that the wasm backend knows, got ${activation}`);
    const inputs = activation === "prelu" ? { x: y, alpha: weights! } : { x: y };
    return kernel.kernelFunc({ inputs, attrs: { alpha: leakyreluAlpha }, backend: current } as never) as TensorInfo;
  } finally {
    current.disposeData(y.dataId);
  }
}

/** Conv2D, FusedConv2D (bias and ReLU) and both gradients of Conv2D. */
export function convKernels(pool: KernelPool): KernelConfig[] {
  const { heap } = pool;
  env().registerFlag(skipEqualWindows, () => true);

  function conv2d({ x, filter, bias }: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo }, info: ConvInfo, relu: boolean): TensorInfo {
    const { inChannels, outChannels, filterWidth } = info;
    const y = heap.output(info.outShape);
    const layout = {
      start: heap.address(filter),
      row: filterWidth * inChannels * outChannels,
      column: inChannels * outChannels,
      in: outChannels,
      out: 1,
    };
    convolve(pool, forward(info, heap.address(x), heap.address(y)), layout, { bias: bias ? heap.address(bias) : 0, relu });
    return y;
  }

  return [
    stockKernel("Conv2D", ({ inputs, attrs }: KernelArguments<"x" | "filter", ConvAttributes>) => {
      const info = convInfo(inputs.x.shape, inputs.filter.shape, attrs);
      return supported(info, inputs.x, inputs.filter) ? conv2d(inputs, info, false) : undefined;
    }),
    stockKernel(
      "FusedConv2D",
      ({
        inputs,
        attrs,
      }: KernelArguments<"x" | "filter" | "bias" | "preluActivationWeights", ConvAttributes & { activation?: string; leakyreluAlpha?: number }>) => {
        const info = convInfo(inputs.x.shape, inputs.filter.shape, attrs);
        const activation = attrs.activation ?? "linear";
        if (!supported(info, inputs.x, inputs.filter)) return undefined;
        // A bias of another form than one value a channel goes to the stock kernel.
        if (inputs.bias && inputs.bias.shape.reduce((product, side) => product * side, 1) !== info.outChannels) return undefined;
        return activate(conv2d(inputs, info, activation === "relu"), activation, inputs.preluActivationWeights, attrs.leakyreluAlpha);
      },
    ),
    stockKernel("Conv2DBackpropInput", ({ inputs, attrs }: KernelArguments<"dy" | "filter", ConvAttributes & { inputShape: Shape4 }>) => {
      const info = convInfo(attrs.inputShape, inputs.filter.shape, attrs);
      const padTop = (info.filterHeight - 1) * info.dilationHeight - info.padInfo.top;
      const padLeft = (info.filterWidth - 1) * info.dilationWidth - info.padInfo.left;
      if (!supported(info, inputs.dy, inputs.filter) || padTop < 0 || padLeft < 0) return undefined;
      const dx = heap.output(info.inShape);
      const { inChannels, outChannels, filterHeight, filterWidth } = info;
      const conv: Convolution = {
        ...{
          x: heap.address(inputs.dy),
          y: heap.address(dx),
          images: info.batchSize,
          input: [info.outHeight, info.outWidth],
          inChannels: outChannels,
        },
        ...{ output: [info.inHeight, info.inWidth], outChannels: inChannels, kernel: [filterHeight, filterWidth], stride: [1, 1] },
        ...{ dilation: [info.dilationHeight, info.dilationWidth], padTop, padLeft, spread: [info.strideHeight, info.strideWidth] },
      };
      const row = filterWidth * inChannels * outChannels;
      const column = inChannels * outChannels;
      const last = heap.address(inputs.filter) + 4 * ((filterHeight - 1) * row + (filterWidth - 1) * column);
      convolve(pool, conv, { start: last, row: -row, column: -column, in: 1, out: outChannels }, { bias: 0, relu: false });
      return dx;
    }),
    stockKernel("Conv2DBackpropFilter", ({ inputs, attrs }: KernelArguments<"x" | "dy", ConvAttributes & { filterShape: Shape4 }>) => {
      const info = convInfo(inputs.x.shape, attrs.filterShape, attrs);
      if (!supported(info, inputs.x, inputs.dy)) return undefined;
      const gradient = heap.output(attrs.filterShape);
      filterGradient(pool, forward(info, heap.address(inputs.x), heap.address(inputs.dy)), heap.address(gradient));
      return gradient;
    }),
  ];
}
