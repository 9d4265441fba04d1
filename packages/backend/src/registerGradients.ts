import { getGradient } from "@tensorflow/tfjs-core";

/** Registers tfjs-core's gradients, which importing tfjs-core alone does not; does nothing when they are there. */
export async function registerGradients(): Promise<void> {
  if (!getGradient("Conv2D")) await import("./generated/gradients.js");
}
