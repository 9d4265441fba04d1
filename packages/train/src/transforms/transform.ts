import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";

/**
 * What an optimizer remembers, flat and by name, such as `adam/m:block1/conv1/kernel`: what it is and, after the colon, its parameter. Tensors, or plain
 * numbers for counts. Because the names carry the parameter's own, the state survives a change of graph or of optimizer.
 */
export type OptimizerState = Readonly<Record<string, Tensor | number>>;

/** The gradients (or the updates so far) and where they belong. */
export interface UpdateContext {
  readonly state: OptimizerState;
  readonly params: NamedTensorMap;
  /** 0 at the stage's first step. */
  readonly step: number;
}

/** What a transform gives back: updates and its new state. */
export interface Update {
  /** To be ADDED to the parameters, by name. */
  readonly updates: NamedTensorMap;
  readonly state: OptimizerState;
}

/**
 * A pure pair, after optax's `GradientTransformation`. `update` makes new tensors, keeps nothing and disposes of nothing: `trainStep` owns the memory and
 * runs it inside a tidy. A parameter without a gradient is not in `grads`, and neither it nor its state changes.
 */
export interface Transform {
  init(params: NamedTensorMap): OptimizerState;
  update(grads: NamedTensorMap, context: UpdateContext): Update;
  /** Parameters that stay. Their gradients are not computed, and `trainStep` tells the graph, so their batch norm's statistics stay too. */
  frozen?(name: string): boolean;
  /** What it is and with which numbers, such as `scaleByAdam(beta1 0.9, …)`: a checkpoint carries it, and only a run with the same goes on from there. */
  readonly description?: string;
}

/** A transform that remembers nothing: updates are a function of the updates so far, the parameters and the step. After optax's `stateless`. */
export function stateless(
  update: (grads: NamedTensorMap, context: Omit<UpdateContext, "state">) => NamedTensorMap,
  description = "custom",
): Transform {
  return { description, init: () => ({}), update: (grads, { state, ...context }) => ({ updates: update(grads, context), state }) };
}

/**
 * Transforms from left to right. A parameter is frozen where one of them freezes it.
 *
 * @throws RangeError where two of them keep state of the same name; `init` throws it.
 */
export function chain(...transforms: readonly Transform[]): Transform {
  return {
    description: transforms.map(describe).join(" -> "),
    init: (params) => mergeStates(transforms.map(({ init }) => init(params))),
    update(grads, { state, params, step }) {
      let updates = grads;
      for (const transform of transforms) ({ updates, state } = transform.update(updates, { state, params, step }));
      return { updates, state };
    },
    frozen: (name) => transforms.some(({ frozen }) => frozen?.(name)),
  };
}

/** The parameters stay as they are, and so do their layers' batch-norm statistics. */
export function freeze(): Transform {
  return { ...stateless(() => ({}), "freeze"), frozen: () => true };
}

/** A transform in words; one that says nothing of itself is "custom". */
export function describe({ description = "custom" }: Transform): string {
  return description;
}

/** One map of all; a name that comes twice is a mistake. */
export function mergeStates(parts: readonly OptimizerState[]): OptimizerState {
  const all: Record<string, Tensor | number> = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(all, name)) throw new RangeError(`Expected each name in the optimizer's state once, got ${name} from two transforms.`);
    all[name] = value;
  }
  return all;
}
