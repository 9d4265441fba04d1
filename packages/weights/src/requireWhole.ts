import type { NamedArray } from "./safetensors.ts";
import { WeightsError } from "./weightsError.ts";
import { arrayFault } from "./wholeArray.ts";

/**
 * Demands that each array has as many numbers as its shape says: to be asked before the first of them is copied anywhere. Ours.
 *
 * @throws WeightsError `mismatch` for a shape that is not of whole numbers, or of another count than the numbers.
 * @example
 * requireWhole({ "head/bias": { shape: [2], data: Float32Array.of(0, 1) } });
 */
export function requireWhole(arrays: Readonly<Record<string, NamedArray>>): void {
  for (const [name, array] of Object.entries(arrays)) {
    const fault = arrayFault(name, array);
    if (fault !== undefined) throw new WeightsError("mismatch", fault);
  }
}
