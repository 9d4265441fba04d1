import type { NamedTensorMap } from "@tensorflow/tfjs-core";
import { describe, mergeStates, type OptimizerState, type Transform } from "./transform.ts";

/**
 * One transform per group; `label` names each parameter's group.
 *
 * @throws RangeError where a label has no transform.
 * @example
 * partition({ trunk: freeze(), head: adam({ learningRate: 1e-3 }) }, (name) => (name.startsWith("head/") ? "head" : "trunk"));
 */
export function partition<Group extends string>(transforms: Readonly<Record<Group, Transform>>, label: (name: string) => Group): Transform {
  const groups = Object.keys(transforms) as Group[];
  const groupOf = (name: string): Group => {
    const group = label(name);
    if (!Object.hasOwn(transforms, group)) throw new RangeError(`Expected ${name} in one of the groups ${groups.join(", ")}, got ${group}.`);
    return group;
  };
  const part = (tensors: NamedTensorMap, group: Group) => Object.fromEntries(Object.entries(tensors).filter(([name]) => groupOf(name) === group));
  return {
    description: `partition(${groups.map((group) => `${group}: ${describe(transforms[group])}`).join("; ")})`,
    init: (params) => mergeStates(groups.map((group) => transforms[group].init(part(params, group)))),
    update(grads, { state, params, step }) {
      let updates: NamedTensorMap = {};
      // The state passes through every group: each changes that of its own parameters only.
      let next: OptimizerState = state;
      for (const group of groups) {
        const result = transforms[group].update(part(grads, group), { state: next, params: part(params, group), step });
        updates = { ...updates, ...result.updates };
        next = result.state;
      }
      return { updates, state: next };
    },
    frozen: (name) => transforms[groupOf(name)].frozen?.(name) ?? false,
  };
}
