import { engine, getBackend, getKernel, type Tensor } from "@tensorflow/tfjs-core";

/**
 * The backend's own kernel of this name, for tensors that are all float32 and of one shape; undefined where there is none, and plain operations must do.
 * `@mammo/backend` registers such kernels on wasm: one pass over memory in the place of a chain of operations, with the same bits.
 */
export function fusedKernel(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
): ((attributes: Readonly<Record<string, number>>) => readonly Tensor[]) | undefined {
  const [first, ...others] = Object.values(inputs);
  const alike = first?.dtype === "float32" && others.every(({ dtype, shape }) => dtype === "float32" && sameShape(shape, first.shape));
  if (!alike || !getKernel(name, getBackend())) return undefined;
  return (attributes) => [engine().runKernel(name, { ...inputs }, { ...attributes }) as Tensor | Tensor[]].flat();
}

const sameShape = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((side, axis) => side === b[axis]);
