import { engine, type GradConfig, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Gradient of our kernel MammoBatchNormTrain, for `tf.grad` of what `engine().runKernel("MammoBatchNormTrain", ...)` returns.
 *
 * Only y has a gradient; the mean and the variance that the kernel also returns count as constants.
 */
export const batchNormGradient: GradConfig = {
  kernelName: "MammoBatchNormTrain",
  inputsToSave: ["x", "scale"],
  outputsToSave: [true, true, true],
  gradFunc(dy, saved, attributes) {
    const [x, scale, y, mean, variance] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const inputs = { dy: (dy as Tensor[])[0]!, x, y, scale, mean, variance };
    const [dx, dscale, doffset] = engine().runKernel("MammoBatchNormTrainGrad", inputs, attributes) as [Tensor, Tensor, Tensor];
    return { x: () => dx, scale: () => dscale, offset: () => doffset };
  },
};
