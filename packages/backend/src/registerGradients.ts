import { getGradient, registerGradient } from "@tensorflow/tfjs-core";
import { batchNormGradient } from "./batchNormGradient.ts";

/** Registers tfjs-core's gradients, which importing tfjs-core alone does not, and those of our own kernels; does nothing when they are there. */
export async function registerGradients(): Promise<void> {
  if (!getGradient("Conv2D")) await import("./generated/gradients.js");
  if (!getGradient(batchNormGradient.kernelName)) registerGradient(batchNormGradient);
}
