import { backend_util, getKernel, type KernelFunc, registerKernel, type TensorInfo, unregisterKernel } from "@tensorflow/tfjs-core";

type Shape4 = [number, number, number, number];
type Side = [number, number] | number;
interface WindowAttributes {
  readonly filterSize: Side;
  readonly strides: Side;
  readonly pad: "same" | "valid" | number;
  readonly dilations?: Side;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly dataFormat?: "NHWC" | "NCHW";
}
type Inputs = Readonly<Record<"x" | "filter", TensorInfo>>;
type Geometry = ReturnType<typeof backend_util.computeConv2DInfo>;

const pool = ({ x }: Inputs, { filterSize, strides, pad, dimRoundingMode }: WindowAttributes): Geometry =>
  backend_util.computePool2DInfo(x.shape as Shape4, filterSize, strides, 1, pad, dimRoundingMode);
const convolution =
  (depthwise: boolean) =>
  ({ x, filter }: Inputs, { strides, pad, dilations = 1, dimRoundingMode, dataFormat = "NHWC" }: WindowAttributes): Geometry => {
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const [shape, size] = [x.shape as Shape4, filter.shape as Shape4];
    return backend_util.computeConv2DInfo(shape, size, strides, dilations, pad, dimRoundingMode, depthwise, format);
  };

/** Kernels that run a window over an image. The value of a pool is defined only where its window sees some of the image; a convolution's is 0 beside it. */
const windows: Readonly<Record<string, { readonly pools: boolean; geometry(inputs: Inputs, attributes: WindowAttributes): Geometry }>> = {
  AvgPool: { pools: true, geometry: pool },
  MaxPool: { pools: true, geometry: pool },
  MaxPoolWithArgmax: { pools: true, geometry: pool },
  Conv2D: { pools: false, geometry: convolution(false) },
  FusedConv2D: { pools: false, geometry: convolution(false) },
  DepthwiseConv2dNative: { pools: false, geometry: convolution(true) },
  FusedDepthwiseConv2D: { pools: false, geometry: convolution(true) },
};

/**
 * Lets convolutions and pools of a backend refuse a window larger than the padded image (stock wasm then writes over other tensors or does not end, stock cpu
 * gives tensors of negative sides) and a pool one that lies in the padding alone (NaN, -Infinity or another pixel's value). By RangeError.
 */
export function requireWindows(backendName: string): void {
  for (const [kernelName, { pools, geometry }] of Object.entries(windows)) {
    const kernel = getKernel(kernelName, backendName);
    if (!kernel) continue;
    unregisterKernel(kernelName, backendName);
    const kernelFunc = ((args: Parameters<KernelFunc>[0]) => {
      const info = geometry(args.inputs as unknown as Inputs, args.attrs as unknown as WindowAttributes);
      requireWindow(kernelName, info, pools);
      return kernel.kernelFunc(args);
    }) as KernelFunc;
    registerKernel({ ...kernel, kernelFunc });
  }
}

function requireWindow(kernelName: string, info: Geometry, pools: boolean): void {
  const { inHeight, inWidth, outHeight, outWidth, effectiveFilterHeight, effectiveFilterWidth, strideHeight, strideWidth, padInfo } = info;
  const pixels = `a window of ${effectiveFilterHeight}x${effectiveFilterWidth} on an image of ${inHeight}x${inWidth}`;
  const padding = `padding top ${padInfo.top}, bottom ${padInfo.bottom}, left ${padInfo.left}, right ${padInfo.right}`;
  if (!(outHeight > 0 && outWidth > 0))
    throw new RangeError(`Expected a window of ${kernelName} that fits into the padded image, got ${pixels}, ${padding}.`);
  const inside = (pad: number, size: number, stride: number, count: number, side: number) => pad < size && (count - 1) * stride - pad < side;
  const rows = inside(padInfo.top, effectiveFilterHeight, strideHeight, outHeight, inHeight);
  const columns = inside(padInfo.left, effectiveFilterWidth, strideWidth, outWidth, inWidth);
  if (pools && !(rows && columns))
    throw new RangeError(
      `Expected every window of ${kernelName} to see some of the image, got ${pixels}, ${padding}, strides ${strideHeight}, ${strideWidth}.`,
    );
}
