import type { NamedTensorMap } from "@tensorflow/tfjs-core";
import { conditionOf } from "./condition.ts";
import { type NumbersSummary, summarizeNumbers } from "./numbers.ts";
import type { Activation } from "./watchActivations.ts";

/** What one step saw of a parameter, and did to it. */
export interface ParameterDynamics {
  readonly name: string;
  /** Before the step. */
  readonly weights: NumbersSummary;
  /** As the loss gives it, before any transform. */
  readonly gradient: NumbersSummary;
  /** Norm of the update by the norm of the weights; 0 where both are 0. About 1e-3 is usual, far less learns nothing, far more forgets. */
  readonly updateRatio: number;
  /** The last axis: filters of a convolution, outputs of a dense layer, channels of a norm. */
  readonly units: number;
  /** Units whose whole gradient is zero. */
  readonly unitsWithoutGradient: number;
  /** Largest by smallest singular value of a kernel with few units (`conditionOf`); absent where it would be dear. Null for infinity, which JSON has not. */
  readonly condition?: number | null;
}

/** What one step saw of the units behind a ReLU, over the whole batch. */
export interface ActivationDynamics {
  /** Of the layer whose weights were read last before it, such as `block1/conv1`; with a count where a layer runs more than once. */
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
  /** Share of zeros among all values. */
  readonly zeros: number;
  readonly units: number;
  /** Units that are zero at every place of every image of the batch: nothing flows through them, forth or back. */
  readonly deadUnits: number;
}

/** What happens inside a net at one step, layer by layer in the order of the graph. */
export interface StepDynamics {
  readonly parameters: readonly ParameterDynamics[];
  readonly activations: readonly ActivationDynamics[];
}

/** Reads the tensors of a step; the caller frees them. */
export async function measureDynamics(
  params: NamedTensorMap,
  {
    gradients,
    updates,
    activations,
  }: { readonly gradients: NamedTensorMap; readonly updates: NamedTensorMap; readonly activations: readonly Activation[] },
): Promise<StepDynamics> {
  const measured: ParameterDynamics[] = [];
  for (const [name, gradient] of Object.entries(gradients)) {
    const [weights, slope, update] = await Promise.all([params[name]!, gradient, updates[name]!].map((tensor) => tensor.data()));
    measured.push(parameterDynamics(name, { weights: weights!, gradient: slope!, update: update!, shape: gradient.shape }));
  }
  const seen: ActivationDynamics[] = [];
  for (const { name, values } of activations) seen.push(activationDynamics(name, await values.data(), unitsOf(values.shape)));
  return { parameters: measured, activations: seen };
}

interface ParameterValues {
  readonly weights: ArrayLike<number>;
  readonly gradient: ArrayLike<number>;
  readonly update: ArrayLike<number>;
  readonly shape: readonly number[];
}

function parameterDynamics(name: string, { weights, gradient, update, shape }: ParameterValues): ParameterDynamics {
  const units = unitsOf(shape);
  const summary = summarizeNumbers(weights);
  const moved = summarizeNumbers(update).norm;
  const condition = shape.length > 1 ? conditionOf(weights, units) : undefined;
  return {
    name,
    weights: summary,
    gradient: summarizeNumbers(gradient),
    updateRatio: moved === 0 ? 0 : moved / Math.max(summary.norm, Number.MIN_VALUE),
    units,
    unitsWithoutGradient: countZeroUnits(gradient, units),
    ...(condition === undefined ? {} : { condition: condition === Infinity ? null : condition }),
  };
}

function activationDynamics(name: string, values: ArrayLike<number>, units: number): ActivationDynamics {
  const { count, mean, deviation } = summarizeNumbers(values);
  let zeros = 0;
  for (let i = 0; i < count; i++) if (values[i] === 0) zeros++;
  return { name, mean, deviation, zeros: count === 0 ? 0 : zeros / count, units, deadUnits: countZeroUnits(values, units) };
}

const unitsOf = (shape: readonly number[]): number => shape.at(-1) ?? 1;

/** Units, the fastest axis, of which every value is 0. */
function countZeroUnits(values: ArrayLike<number>, units: number): number {
  const isAlive = new Uint8Array(units);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) isAlive[i % units] = 1;
  return isAlive.reduce((count, alive) => count + 1 - alive, 0);
}
