import type { WeightsComparison } from "./compareWeights.ts";
import { WeightsError } from "./weightsError.ts";

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
