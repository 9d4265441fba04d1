import { dispose, getBackend, grads, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { Reference } from "../reference/index.ts";
import type { GradientCase } from "./gradientCase.ts";

export interface GradientCheck {
  readonly op: string;
  readonly form: string;
  /** Largest difference of the values, relative to the largest reference value or 1. */
  readonly valueError: number;
  /** The same for the gradients with respect to all inputs. */
  readonly gradientError: number;
  /** The error that the backend threw, or why the case does not apply; both errors are NaN then. */
  readonly problem?: string;
}

/** Step of the central differences, in double precision: error of the order of 1e-10. */
const step = 1e-5;

/** Compares a case's values and gradients on tfjs's current backend with a double-precision reference and its central differences. */
export async function checkGradient(test: GradientCase): Promise<GradientCheck> {
  const { op, form } = test;
  const missing = test.without?.(getBackend());
  if (missing) return { op, form, valueError: Number.NaN, gradientError: Number.NaN, problem: missing };
  const inputs = test.inputs.map((shape, index): Reference => ({ shape, values: distinctValues(size(shape), index + 1) }));
  const expected = test.reference(inputs);
  const weights = distinctValues(expected.values.length, 17);
  const wanted = inputs.map((input, index) => differences(input, (moved) => weightedSum(test.reference(inputs.with(index, moved)), weights)));
  let found: Tensor[] = [];
  try {
    found = tidy(() => {
      const tensors = inputs.map(({ values, shape }) => tensor(Float32Array.from(values), [...shape]));
      const value = test.compute(tensors);
      const weight = tensor(Float32Array.from(weights), value.shape);
      return [value, ...grads((...xs: Tensor[]) => sum(mul(test.compute(xs), weight)))(tensors)];
    });
    const [value, ...gradients] = await Promise.all(found.map((result) => result.data()));
    return {
      ...{ op, form, valueError: difference(value!, expected.values) },
      gradientError: gradients.reduce((most, gradient, index) => Math.max(most, difference(gradient, wanted[index]!)), 0),
    };
  } catch (error) {
    return { op, form, valueError: Number.NaN, gradientError: Number.NaN, problem: error instanceof Error ? error.message : String(error) };
  } finally {
    dispose(found);
  }
}

const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

/** Values in [-1, 1), all different, none 0, and 2 / count apart from each other, so that a maximum stays one when an input moves by `step`; float32. */
function distinctValues(count: number, seed: number): Float64Array {
  const order = Array.from({ length: count }, (_, index) => index);
  let state = seed * 7919;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return Float64Array.from(order, (place) => Math.fround((2 * (place + 0.3)) / count - 1));
}

function weightedSum({ values }: Reference, weights: Float64Array): number {
  return values.reduce((total, value, index) => total + value * weights[index]!, 0);
}

function differences(input: Reference, loss: (moved: Reference) => number): Float64Array {
  return input.values.map((value, index) => {
    const at = (moved: number) => loss({ shape: input.shape, values: input.values.with(index, moved) });
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}

function difference(found: ArrayLike<number>, wanted: Float64Array): number {
  const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return (
    wanted.reduce(
      (largest, value, index) =>
        Math.max(largest, Math.abs(found[index]! - value) || 0, Number.isFinite(found[index]) ? 0 : Number.POSITIVE_INFINITY),
      0,
    ) / scale
  );
}
