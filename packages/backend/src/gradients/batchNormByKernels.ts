import { customGrad, engine, type Tensor } from "@tensorflow/tfjs-core";

/** Batch norm through the kernels MammoBatchNormTrain and MammoBatchNormTrainGrad, as graphs call them. */
export function batchNormByKernels(x: Tensor, scale: Tensor, offset: Tensor, attrs: { epsilon: number; relu: boolean }): Tensor {
  const op = customGrad((...args) => {
    const [x, scale, offset, save] = args as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const [y, mean, variance] = engine().runKernel("MammoBatchNormTrain", { x, scale, offset }, attrs) as Tensor[];
    save([x, y!, scale, mean!, variance!]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x, y, scale, mean, variance] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      return engine().runKernel("MammoBatchNormTrainGrad", { dy, x, y, scale, mean, variance }, attrs) as Tensor[];
    };
    return { value: y!, gradFunc: gradFunc as never };
  });
  return op(x, scale, offset);
}
