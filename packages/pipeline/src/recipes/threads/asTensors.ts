import type { MinedPlace } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/** Batches of plain numbers, each a pure function of the step and of what is mined -> the same as tensors: int32 of an Int32Array, else float32. */
export function asTensors<Batch extends Readonly<Record<string, Tensor>>>(
  plain: (step: number, mined: readonly MinedPlace[]) => Promise<PlainBatch>,
): (step: number, mined?: readonly MinedPlace[]) => Promise<Batch> {
  return async (step, mined = []) =>
    Object.fromEntries(
      Object.entries(await plain(step, mined)).map(([name, { shape, data }]) => [
        name,
        tensor(data as Float32Array | Int32Array, [...shape], data instanceof Int32Array ? "int32" : "float32"),
      ]),
    ) as Batch;
}
