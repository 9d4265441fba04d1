import { type WeightsComparison, WeightsError } from "./weightsError.ts";

/** What a comparison must know of an array or tensor; a plain number (a count of an optimizer) has none. */
export type Shaped = number | { readonly shape: readonly number[] };

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

/**
 * Demands that all of a source fits all of a target.
 *
 * @throws WeightsError `mismatch`, which lists the names that do not, with the comparison on it.
 */
export function requireAllLoaded(comparison: WeightsComparison): void {
  const { missing, shapeMismatch, unexpected } = comparison;
  const list = (what: string, names: readonly string[]) => (names.length > 0 ? ` ${names.length} ${what}: ${names.join(", ")}.` : "");
  const faults = list("missing", missing) + list("of another shape", shapeMismatch) + list("unexpected", unexpected);
  if (faults) throw new WeightsError("mismatch", `Expected one array for each weight of the model.${faults}`, { comparison });
}

function sameShape(target: Shaped, source: Shaped): boolean {
  if (typeof target === "number" || typeof source === "number") return typeof target === typeof source;
  return target.shape.length === source.shape.length && target.shape.every((side, axis) => side === source.shape[axis]);
}
