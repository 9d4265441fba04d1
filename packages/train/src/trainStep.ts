import { add, dispose, keep, type NamedTensorMap, type Scalar, type Tensor, tidy, type Variable, variableGrads } from "@tensorflow/tfjs-core";
import { TrainError } from "./errors.ts";
import type { Trainable } from "./trainable.ts";
import type { Slots, Transform } from "./transform.ts";
import { globalNorm } from "./transforms/clipByGlobalNorm.ts";

/** How the graph is to run: hand it on to `model.apply`. A frozen parameter's batch norm then uses its running statistics and leaves them. */
export interface TrainMode {
  readonly training: (name: string) => boolean;
}

/** Mean loss of a batch, as a scalar tensor; runs on the gradient tape. */
export type Loss<Model extends Trainable, Batch> = (model: Model, batch: Batch, mode: TrainMode) => Scalar;

/** One step: what is minimised, by which transform, from which slots. */
export interface TrainStepOptions<Model extends Trainable, Batch> {
  readonly loss: Loss<Model, Batch>;
  readonly transform: Transform;
  /** Of `transform.init`, or of the step before. Consumed: use the slots that come back. */
  readonly slots: Slots;
  /** 0 at the first. */
  readonly step: number;
}

/** What a step leaves: its loss, the size of its gradients, the slots of the next step. */
export interface TrainStepResult {
  readonly loss: number;
  /** Joint L2 norm of the raw gradients. */
  readonly gradientNorm: number;
  readonly slots: Slots;
}

/**
 * One step, for those who write their own loop: new parameters and buffers in the model, new slots back. The batch stays the caller's.
 *
 * Throws TrainError `not-finite` where the loss or a gradient is NaN or infinite; model and slots are then as before the step.
 *
 * @example
 * let slots = startSlots(transform, model);
 * ({ slots } = await trainStep(model, batch, { loss, transform, slots, step: 0 }));
 */
export async function trainStep<Model extends Trainable, Batch>(
  model: Model,
  batch: Batch,
  { loss, transform, slots, step }: TrainStepOptions<Model, Batch>,
): Promise<TrainStepResult> {
  const training = (name: string) => !transform.frozen?.(name);
  const trained = Object.entries(model.params).filter(([name]) => training(name));
  if (trained.length === 0) throw new RangeError("Expected at least one parameter that trains, got a transform that freezes all.");
  // Clones share their data: to be able to step back costs nothing.
  const buffersBefore = Object.values(model.buffers).map((buffer) => keep(buffer.clone()));
  const restoreBuffers = () => Object.values(model.buffers).forEach((buffer, index) => void buffer.assign(buffersBefore[index]!));
  try {
    const next = tidy(() => {
      const { value, grads: byVariable } = variableGrads(
        () => loss(model, batch, { training }),
        trained.map(([, param]) => param),
      );
      const grads = gradsByName(trained, byVariable);
      const params = Object.fromEntries(trained);
      const result = transform.update(grads, { slots, params, step });
      const moved = Object.entries(result.updates).map(([name, update]) => ({ name, value: add(params[name]!, update) }));
      return { loss: value, norm: globalNorm(grads), moved, slots: result.slots as NamedTensorMap };
    });
    const { value, norm } = await finite(next, step).catch((error: unknown) => {
      dispose(next.moved.map(({ value }) => value));
      disposeSlots(without(next.slots, slots));
      throw error;
    });
    for (const { name, value } of next.moved) {
      model.params[name]!.assign(value);
      value.dispose();
    }
    disposeSlots(without(slots, next.slots));
    return { loss: value, gradientNorm: norm, slots: next.slots };
  } catch (error) {
    restoreBuffers();
    throw error;
  } finally {
    dispose(buffersBefore);
  }
}

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

/** First slots for a model: those of the parameters that train. The caller owns them (`disposeSlots`). */
export function startSlots(transform: Transform, model: Trainable): Slots {
  const trained = Object.fromEntries(Object.entries(model.params).filter(([name]) => !transform.frozen?.(name)));
  return tidy(() => transform.init(trained) as NamedTensorMap);
}

/** Frees the tensors among slots. */
export function disposeSlots(slots: Slots): void {
  for (const slot of Object.values(slots)) if (typeof slot !== "number") slot.dispose();
}

function gradsByName(trained: readonly (readonly [string, Variable])[], byVariable: NamedTensorMap): NamedTensorMap {
  const found = trained.map(([name, param]) => [name, byVariable[param.name]] as const);
  return Object.fromEntries(found.filter((entry): entry is readonly [string, Tensor] => entry[1] !== undefined));
}

/** The slots of one map that the other does not hold, by identity. */
function without(slots: Slots, held: Slots): Slots {
  const kept = new Set(Object.values(held));
  return Object.fromEntries(Object.entries(slots).filter(([, slot]) => !kept.has(slot)));
}
