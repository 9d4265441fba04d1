import { broadcastTo, div, mean, reshape, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";
import { customGradient } from "./customGradient.ts";

/** Mean over all pixels: [B, H, W, C] -> [B, C]. Its gradient keeps nothing of x, where the stock one builds a map of ones. */
export function globalMean(x: Tensor4D): Tensor2D {
  const [batch, rows, columns, channels] = x.shape;
  return customGradient(
    [x],
    (x) => ({ value: mean<Tensor2D>(x, [1, 2]), saved: [] }),
    (dy) => [broadcastTo(reshape(div(dy, rows * columns), [batch, 1, 1, channels]), [batch, rows, columns, channels])],
  );
}
