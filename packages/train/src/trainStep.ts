import { requireKnownKeys } from "@mammo/mammogram";
import { add, dispose, keep, type NamedTensorMap, type Scalar, type Tensor, tidy, type Variable, variableGrads } from "@tensorflow/tfjs-core";
import { measureDynamics, type StepDynamics } from "./dynamics/dynamics.ts";
import { type Activation, watchActivations } from "./dynamics/watchActivations.ts";
import { TrainError } from "./errors.ts";
import { type Trainable, weightsOf } from "./trainable.ts";
import { globalNorm } from "./transforms/clipByGlobalNorm.ts";
import type { OptimizerState, Transform } from "./transforms/transform.ts";

/** How the graph is to run: hand it on to `model.apply`. A frozen parameter's batch norm then uses its running statistics and leaves them. */
export interface TrainMode {
  readonly training: (name: string) => boolean;
}

/** Mean loss of a batch, as a scalar tensor; runs on the gradient tape. */
export type Loss<Model extends Trainable, Batch> = (model: Model, batch: Batch, mode: TrainMode) => Scalar;

/** One step: what is minimized, by which transform, from which state of it. */
export interface TrainStepOptions<Model extends Trainable, Batch> {
  readonly loss: Loss<Model, Batch>;
  readonly transform: Transform;
  /** Of `initOptimizer`, or of the step before. Consumed: use the state that comes back. */
  readonly state: OptimizerState;
  /** 0 at the first. */
  readonly step: number;
  /** Also measure what happens inside the net: costs about another step. Default false. */
  readonly observe?: boolean;
}

/** What a step leaves: its loss, the size of its gradients, the optimizer's state for the next step. */
export interface TrainStepResult {
  readonly loss: number;
  /** Joint L2 norm of the raw gradients. */
  readonly gradientNorm: number;
  readonly state: OptimizerState;
  /** Where the step was observed. */
  readonly dynamics?: StepDynamics;
}

/**
 * One step, for those who write their own loop: new parameters and buffers in the model, the optimizer's new state back.
 *
 * @throws TrainError `not-finite` where the loss or a gradient is NaN or infinite; model and state are then as before the step.
 * @example
 * let state = initOptimizer(transform, model);
 * ({ state } = await trainStep(model, batch, { loss, transform, state, step: 0 }));
 */
export async function trainStep<Model extends Trainable, Batch>(
  model: Model,
  batch: Batch,
  options: TrainStepOptions<Model, Batch>,
): Promise<TrainStepResult> {
  requireKnownKeys("trainStep", options, { loss: true, transform: true, state: true, step: true, observe: true });
  const { loss, transform, state, step, observe = false } = options;
  const training = (name: string) => !transform.frozen?.(name);
  const trained = Object.entries(model.params).filter(([name]) => training(name));
  if (trained.length === 0) throw new RangeError("Expected at least one parameter that trains, got a transform that freezes all.");
  // Clones share their data: to be able to step back costs nothing.
  const buffersBefore = Object.values(model.buffers).map((buffer) => keep(buffer.clone()));
  let activations: readonly Activation[] = [];
  const observed = (forward: () => Scalar): Scalar => {
    if (!observe) return forward();
    const watched = watchActivations(weightsOf(model), forward);
    activations = watched.activations;
    return watched.value;
  };
  const restoreBuffers = () => Object.values(model.buffers).forEach((buffer, index) => void buffer.assign(buffersBefore[index]!));
  try {
    const next = tidy(() => {
      const { value, grads: byVariable } = variableGrads(
        () => observed(() => loss(model, batch, { training })),
        trained.map(([, param]) => param),
      );
      const grads = gradsByName(trained, byVariable);
      const params = Object.fromEntries(trained);
      const result = transform.update(grads, { state, params, step });
      const moved = Object.entries(result.updates).map(([name, update]) => ({ name, value: add(params[name]!, update) }));
      const kept = observe ? { gradients: cloned(grads), updates: cloned(result.updates) } : undefined;
      return { loss: value, norm: globalNorm(grads), moved, state: result.state as NamedTensorMap, kept };
    });
    const { value, norm, dynamics } = await readStep(model, { ...next, activations }, step).catch((error: unknown) => {
      dispose(next.moved.map(({ value }) => value));
      disposeOptimizer(without(next.state, state));
      throw error;
    });
    for (const { name, value } of next.moved) {
      model.params[name]!.assign(value);
      value.dispose();
    }
    disposeOptimizer(without(state, next.state));
    return { loss: value, gradientNorm: norm, state: next.state, ...(dynamics ? { dynamics } : {}) };
  } catch (error) {
    restoreBuffers();
    throw error;
  } finally {
    dispose(buffersBefore);
    dispose(activations.map(({ values }) => values));
  }
}

interface Taken {
  readonly loss: Scalar;
  readonly norm: Scalar;
  readonly kept: { readonly gradients: NamedTensorMap; readonly updates: NamedTensorMap } | undefined;
  readonly activations: readonly Activation[];
}

/** Reads what a step has computed, before anything of the model moves, and frees it. */
async function readStep({ params }: Trainable, { loss, norm, kept, activations }: Taken, step: number) {
  try {
    const read = await finite({ loss, norm }, step);
    return { ...read, dynamics: kept && (await measureDynamics(params, { ...kept, activations })) };
  } finally {
    if (kept) dispose(Object.values(kept).flatMap((tensors) => Object.values(tensors)));
  }
}

const cloned = (tensors: Readonly<Record<string, Tensor>>): NamedTensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.clone()]));

/** Reads loss and norm, and frees them. A GPU tells here that it refused the step. */
async function finite({ loss, norm }: { readonly loss: Scalar; readonly norm: Scalar }, step: number): Promise<{ value: number; norm: number }> {
  try {
    const read = { value: (await loss.data())[0]!, norm: (await norm.data())[0]! };
    if (Number.isFinite(read.value) && Number.isFinite(read.norm)) return read;
    throw new TrainError(
      "not-finite",
      `Expected a finite loss and gradient at step ${step + 1}, got loss ${read.value} and gradient norm ${read.norm}.`,
    );
  } finally {
    dispose([loss, norm]);
  }
}

/**
 * The optimizer's first state for a model: that of the parameters that train. The caller owns it (`disposeOptimizer`).
 *
 * @throws RangeError where one of them is not float32: counts are buffers.
 */
export function initOptimizer(transform: Transform, model: Trainable): OptimizerState {
  const trained = Object.fromEntries(Object.entries(model.params).filter(([name]) => !transform.frozen?.(name)));
  const count = Object.entries(trained).find(([, { dtype }]) => dtype !== "float32");
  if (count) throw new RangeError(`Expected parameters of float32, got ${count[0]} of ${count[1].dtype}: what is counted, not learned, is a buffer.`);
  return tidy(() => transform.init(trained) as NamedTensorMap);
}

/** Frees the tensors of an optimizer's state. */
export function disposeOptimizer(state: OptimizerState): void {
  for (const value of Object.values(state)) if (typeof value !== "number") value.dispose();
}

function gradsByName(trained: readonly (readonly [string, Variable])[], byVariable: NamedTensorMap): NamedTensorMap {
  const found = trained.map(([name, param]) => [name, byVariable[param.name]] as const);
  return Object.fromEntries(found.filter((entry): entry is readonly [string, Tensor] => entry[1] !== undefined));
}

/** What of one state the other does not hold, by identity. */
function without(state: OptimizerState, held: OptimizerState): OptimizerState {
  const kept = new Set(Object.values(held));
  return Object.fromEntries(Object.entries(state).filter(([, value]) => !kept.has(value)));
}
