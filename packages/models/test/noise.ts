import { loadWeights, type Model } from "@mammo/models";
import { dispose, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { hashStream } from "./hashStream.ts";

/** Hashed numbers in [0, 1), the same as in reference/nets.py; the caller scales and disposes. */
export function noise<T extends Tensor>(name: string, shape: T["shape"]): T {
  const next = hashStream(name);
  const values = Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => next() / 2 ** 32);
  return tensor(values, shape, "float32") as T;
}

/** L2 norm and inner product with a hashed probe, in float64: what the golden file holds of a tensor. */
export function summary(tensor: Tensor, name: string): [norm: number, probe: number] {
  const values = tensor.dataSync();
  const next = hashStream(`probe/${name}`);
  let [squares, probe] = [0, 0];
  for (const value of values) {
    squares += value * value;
    probe += value * (Math.fround(next() / 2 ** 32) - 0.5);
  }
  return [Math.sqrt(squares), probe];
}

/** The kernels of reference/nets.py for this seed, into the model; all its other weights begin alike on both sides. */
export function loadReferenceKernels(model: Model, seed: number): void {
  const kernels = Object.entries(model.params)
    .filter(([name]) => name.endsWith("/kernel"))
    .map(([name, { shape }]) => [name, heKernel(shape, `${seed}/${name}`)] as const);
  loadWeights(model, Object.fromEntries(kernels), { partial: true });
  dispose(kernels.map(([, kernel]) => kernel));
}

function heKernel(shape: number[], key: string): Tensor {
  const next = hashStream(key);
  const bound = Math.sqrt(6 / shape.slice(0, -1).reduce((product, side) => product * side, 1));
  const values = Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => (next() / 2 ** 31 - 1) * bound);
  return tensor(values, shape, "float32");
}
