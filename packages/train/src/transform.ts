import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";

/**
 * What an optimizer remembers, flat and by name: `adam/m:block1/conv1/kernel`, which is the slot and, after the colon, its parameter.
 * Tensors, or plain numbers for counts. Because the names carry the parameter's own, slots survive a change of graph or of optimizer.
 */
export type Slots = Readonly<Record<string, Tensor | number>>;

/** The gradients (or the updates so far) and where they belong. */
export interface UpdateContext {
  readonly slots: Slots;
  readonly params: NamedTensorMap;
  /** 0 at the stage's first step. */
  readonly step: number;
}

/** What a transform gives back: updates and its new slots. */
export interface Update {
  /** To be ADDED to the parameters, by name. */
  readonly updates: NamedTensorMap;
  readonly slots: Slots;
}

/**
 * A pure pair, after optax. `update` makes new tensors, keeps nothing and disposes of nothing: `trainStep` owns the memory and runs it inside a tidy.
 * A parameter without a gradient is not in `grads`, and neither it nor its slots change.
 */
export interface Transform {
  init(params: NamedTensorMap): Slots;
  update(grads: NamedTensorMap, context: UpdateContext): Update;
  /** Parameters that stay. Their gradients are not computed, and `trainStep` tells the graph, so their batch norm's statistics stay too. */
  frozen?(name: string): boolean;
}

/** Transforms from left to right. A parameter is frozen where one of them freezes it. Throws RangeError where two of them keep a slot of the same name. */
export function chain(...transforms: readonly Transform[]): Transform {
  return {
    init: (params) => unite(transforms.map(({ init }) => init(params))),
    update(grads, { slots, params, step }) {
      let updates = grads;
      for (const transform of transforms) ({ updates, slots } = transform.update(updates, { slots, params, step }));
      return { updates, slots };
    },
    frozen: (name) => transforms.some(({ frozen }) => frozen?.(name)),
  };
}

/** The parameters stay as they are, and so do their layers' batch-norm statistics. */
export function freeze(): Transform {
  return { init: () => ({}), update: (_, { slots }) => ({ updates: {}, slots }), frozen: () => true };
}

/** One map of slots; a name said twice is a mistake. */
export function unite(parts: readonly Slots[]): Slots {
  const all: Record<string, Tensor | number> = {};
  for (const [name, slot] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(all, name)) throw new RangeError(`Expected each optimizer slot once, got ${name} from two transforms.`);
    all[name] = slot;
  }
  return all;
}
