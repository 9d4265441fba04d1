import type { Tensor } from "@tensorflow/tfjs-core";
import type { Reference } from "../reference/index.ts";

/** One row of the gradient table: an operation on inputs of one form. */
export interface GradientCase {
  readonly op: string;
  /** What is special about the shapes: "H ≠ W, odd, stride 2". */
  readonly form: string;
  readonly inputs: readonly (readonly number[])[];
  compute(inputs: readonly Tensor[]): Tensor;
  reference(inputs: readonly Reference[]): Reference;
  /** Why the operation cannot run on a backend; undefined where it can. */
  readonly without?: (backend: string) => string | undefined;
}
