import { broadcastTo, customGrad, div, mean, reshape, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

/** Mean over all pixels: [B, H, W, C] -> [B, C]. Its gradient keeps nothing of x, where the stock one builds a map of ones. */
export function globalMean(x: Tensor4D): Tensor2D {
  const op = customGrad((x) => {
    const [batch, rows, columns, channels] = (x as Tensor4D).shape;
    const gradFunc = (dy: unknown) =>
      broadcastTo(reshape(div(dy as Tensor2D, rows * columns), [batch, 1, 1, channels]), [batch, rows, columns, channels]);
    return { value: mean<Tensor2D>(x as Tensor4D, [1, 2]), gradFunc };
  });
  return op(x) as Tensor2D;
}
