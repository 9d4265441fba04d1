import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";

interface TensorflowBackend {
  readonly binding: { readonly TF_ATTR_BOOL: number; readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly TensorInfo[]): TensorInfo;
}

interface Arguments {
  readonly inputs: { readonly images: TensorInfo; readonly dy: TensorInfo };
  readonly backend: TensorflowBackend;
  readonly attrs: { readonly alignCorners: boolean; readonly halfPixelCenters: boolean };
}

/** TensorFlow knows the gradient with half-pixel centres; tfjs-node does not tell it of them. */
export const resizeBilinearGrad: KernelConfig = {
  kernelName: "ResizeBilinearGrad",
  backendName: "tensorflow",
  kernelFunc: (({ inputs: { images, dy }, backend, attrs }: Arguments) => {
    const { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
    const attributes = [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "align_corners", type: TF_ATTR_BOOL, value: attrs.alignCorners },
      { name: "half_pixel_centers", type: TF_ATTR_BOOL, value: attrs.halfPixelCenters },
    ];
    return backend.executeSingleOutput("ResizeBilinearGrad", attributes, [dy, images]);
  }) as unknown as KernelFunc,
};
