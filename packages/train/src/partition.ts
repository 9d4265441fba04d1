import type { NamedTensorMap } from "@tensorflow/tfjs-core";
import { type Slots, type Transform, unite } from "./transform.ts";

/**
 * One transform per group; `label` names each parameter's group. Throws RangeError where a label has no transform.
 *
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
    init: (params) => unite(groups.map((group) => transforms[group].init(part(params, group)))),
    update(grads, { slots, params, step }) {
      let updates: NamedTensorMap = {};
      // Slots pass through every group: each changes those of its own parameters only.
      let next: Slots = slots;
      for (const group of groups) {
        const result = transforms[group].update(part(grads, group), { slots: next, params: part(params, group), step });
        updates = { ...updates, ...result.updates };
        next = result.slots;
      }
      return { updates, slots: next };
    },
    frozen: (name) => transforms[groupOf(name)].frozen?.(name) ?? false,
  };
}
