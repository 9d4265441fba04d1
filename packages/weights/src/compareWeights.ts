/** What a comparison must know of an array or tensor; a plain number (a count of an optimizer) has none. */
export type Shaped = number | { readonly shape: readonly number[] };

/** What of a source fits a target, by name, sorted. The words are PyTorch's, of `load_state_dict`. */
export interface WeightsComparison {
  /** In both, of one shape: these can be, or were, loaded. */
  readonly loaded: readonly string[];
  /** In the target only. */
  readonly missing: readonly string[];
  /** In both, of different shapes. */
  readonly shapeMismatch: readonly string[];
  /** In the source only. */
  readonly unexpected: readonly string[];
}

/**
 * Compares the names and shapes of a source with those of a target.
 *
 * @example
 * const { loaded, missing } = compareWeights(model.params, decodeSafetensors(bytes).arrays);
 */
export function compareWeights(target: Readonly<Record<string, Shaped>>, source: Readonly<Record<string, Shaped>>): WeightsComparison {
  const names = Object.keys(target).sort();
  const known = names.filter((name) => Object.hasOwn(source, name));
  const fits = (name: string) => sameShape(target[name]!, source[name]!);
  return {
    loaded: known.filter(fits),
    missing: names.filter((name) => !Object.hasOwn(source, name)),
    shapeMismatch: known.filter((name) => !fits(name)),
    unexpected: Object.keys(source)
      .filter((name) => !Object.hasOwn(target, name))
      .sort(),
  };
}

/** Two numbers, or two shapes with the same sides. */
function sameShape(target: Shaped, source: Shaped): boolean {
  if (typeof target === "number" || typeof source === "number") return typeof target === typeof source;
  return target.shape.length === source.shape.length && target.shape.every((side, axis) => side === source.shape[axis]);
}
