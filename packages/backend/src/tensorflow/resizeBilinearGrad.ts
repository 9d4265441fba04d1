import type { KernelConfig, KernelFunc } from "@tensorflow/tfjs-core";
import { attributes, type KernelArguments } from "./tensorflowBackend.ts";

interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** TensorFlow knows the gradient with half-pixel centers; tfjs-node does not tell it of them. */
export const resizeBilinearGrad: KernelConfig = {
  kernelName: "ResizeBilinearGrad",
  backendName: "tensorflow",
  kernelFunc: (({ inputs: { images, dy }, backend, attrs }: KernelArguments<"images" | "dy", Sampling>) => {
    const booleans = { align_corners: attrs.alignCorners, half_pixel_centers: attrs.halfPixelCenters };
    return backend.executeSingleOutput("ResizeBilinearGrad", attributes(backend, { float32: ["T"], booleans }), [dy, images]);
  }) as unknown as KernelFunc,
};
