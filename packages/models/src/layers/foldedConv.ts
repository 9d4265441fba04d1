import { customGrad, engine, mul, step, sum, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";

/**
 * relu(x ∗ filter + bias) in one kernel, stride 1: x [B, H, W, C], filter [h, w, C, D], bias [D] -> [B, H', W', D].
 *
 * TensorFlow.js's own fused convolution falls apart into three operations on a gradient tape and keeps a map of each; this one keeps its result alone,
 * from which ReLU's mask can be read.
 */
export function foldedConv(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, pad: "same" | "valid"): Tensor4D {
  const convolution = { strides: 1, pad, dataFormat: "NHWC", dimRoundingMode: null };
  const run = (kernel: string, inputs: Readonly<Record<string, Tensor4D | Tensor1D>>, attrs: object) =>
    engine().runKernel(kernel, inputs, attrs as never) as unknown as Tensor4D;
  const op = customGrad((x, filter, bias, save) => {
    const inputs = { x: x as Tensor4D, filter: filter as Tensor4D, bias: bias as Tensor1D };
    const y = run("FusedConv2D", inputs, { ...convolution, dilations: 1, activation: "relu" });
    (save as (tensors: unknown[]) => void)([x, filter, y]);
    const gradFunc = (dy: Tensor4D, saved: unknown) => {
      const [x, filter, y] = saved as [Tensor4D, Tensor4D, Tensor4D];
      const masked = mul<Tensor4D>(dy, step(y));
      return [
        run("Conv2DBackpropInput", { dy: masked, filter }, { ...convolution, inputShape: x.shape }),
        run("Conv2DBackpropFilter", { x, dy: masked }, { ...convolution, filterShape: filter.shape }),
        sum<Tensor1D>(masked, [0, 1, 2]),
      ];
    };
    return { value: y, gradFunc: gradFunc as never };
  });
  return op(x, filter, bias) as Tensor4D;
}
