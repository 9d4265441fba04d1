import { backend_util, getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";

type Shape4 = [number, number, number, number];
interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: "same" | "valid" | number;
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Depthwise convolutions with explicit padding: stock wasm counts its outputs anew, always rounded down, so that with "ceil" or "round" they fall into the wrong
 * places. Told of as much padding as the rounded size needs, it counts as tfjs-core does.
 */
export function depthwiseKernels(): KernelConfig[] {
  return ["DepthwiseConv2dNative", "FusedDepthwiseConv2D"].map((kernelName) => {
    const stock = getKernel(kernelName, "wasm");
    const kernelFunc = ((args: { inputs: Record<"x" | "filter", TensorInfo>; attrs: Attributes }) => {
      const { strides, pad, dilations = 1, dimRoundingMode } = args.attrs;
      if (typeof pad === "string") return stock.kernelFunc(args as never);
      const [x, filter] = [args.inputs.x.shape as Shape4, args.inputs.filter.shape as Shape4];
      const info = backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, dimRoundingMode, true);
      const after = (count: number, stride: number, size: number, side: number, before: number) => {
        const missing = (count - 1) * stride + size - side - before;
        // tfjs-core takes the rows' size and stride for the columns too where the padding is one number.
        if (missing <= -stride) throw new RangeError("Expected the padding of an oblong depthwise convolution as four pairs, got one number.");
        return Math.max(0, missing);
      };
      const bottom = after(info.outHeight, info.strideHeight, info.effectiveFilterHeight, info.inHeight, info.padInfo.top);
      const right = after(info.outWidth, info.strideWidth, info.effectiveFilterWidth, info.inWidth, info.padInfo.left);
      const explicit = [
        [0, 0],
        [info.padInfo.top, bottom],
        [info.padInfo.left, right],
        [0, 0],
      ];
      return stock.kernelFunc({ ...args, attrs: { ...args.attrs, pad: explicit, dimRoundingMode: "floor" } } as never);
    }) as unknown as KernelFunc;
    return { kernelName, backendName: "wasm", kernelFunc };
  });
}
