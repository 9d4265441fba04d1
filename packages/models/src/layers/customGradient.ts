import { customGrad, type Tensor } from "@tensorflow/tfjs-core";

/** One gradient for each input, of its shape. */
type Gradients<Inputs extends readonly Tensor[]> = { readonly [Index in keyof Inputs]: Tensor };

/** What the forward pass gives. */
interface Forward<Value extends Tensor, Saved extends readonly Tensor[]> {
  readonly value: Value;
  /** What the gradient needs, inputs among it: it stays in memory while a gradient may be taken. */
  readonly saved: Saved;
}

/**
 * An operation with a gradient written by hand, forward and backward apart as in JAX's `custom_vjp`: TensorFlow.js's `customGrad` with the types of its
 * inputs, its result and what is saved between them. `backward` gets the gradient dy of the value and uses no tensor but dy and what was saved.
 *
 * @example
 * const square = (x: Tensor) =>
 *   customGradient([x], (x) => ({ value: mul(x, x), saved: [x] }), (dy, [x]) => [mul(dy, mul(2, x))]);
 */
export function customGradient<Inputs extends readonly Tensor[] | [], Value extends Tensor, Saved extends readonly Tensor[] | []>(
  inputs: Inputs,
  forward: (...inputs: Inputs) => Forward<Value, Saved>,
  backward: (dy: Value, saved: Saved) => Gradients<Inputs>,
): Value {
  // TensorFlow.js types every tensor here as a plain one, and takes `save` as one more input.
  const operation = customGrad((...inputsAndSave: unknown[]) => {
    const save = inputsAndSave.pop() as (tensors: readonly Tensor[]) => void;
    const { value, saved } = forward(...(inputsAndSave as unknown as Inputs));
    save(saved);
    return { value, gradFunc: backward as never };
  });
  return operation(...(inputs as Tensor[])) as Value;
}
