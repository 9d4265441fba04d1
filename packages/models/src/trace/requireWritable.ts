import { ModelError } from "../modelError.ts";
import type { TracedCall } from "./traceGraph.ts";

/** Attributes that change what an operation gives, and the values that files are written for; the graphs use no others. */
const writable: Readonly<Record<string, readonly unknown[]>> = {
  activation: ["linear", "relu"],
  alignCorners: [false],
  dataFormat: ["NHWC"],
  dilations: [1],
  halfPixelCenters: [false],
  pad: ["same", "valid"],
  transposeA: [false],
  transposeB: [false],
};

/**
 * Demands operations that a file can be written of.
 *
 * @throws ModelError `not-exportable`, which names the operations, or the first attribute, that cannot.
 */
export function requireWritable(calls: readonly TracedCall[], kernels: readonly string[]): void {
  const unknown = [...new Set(calls.map(({ kernel }) => kernel).filter((kernel) => !kernels.includes(kernel)))];
  if (unknown.length > 0) throw new ModelError("not-exportable", `Expected operations among ${kernels.join(", ")}, got ${unknown.join(", ")}.`);
  for (const { kernel, attributes } of calls)
    for (const [name, value] of Object.entries(attributes)) {
      const known = Object.hasOwn(writable, name) ? writable[name]! : undefined;
      // One number stands for a pair of the same; what is left out is the default.
      if (known && value !== undefined && value !== null && ![value].flat().every((one) => known.includes(one)))
        throw new ModelError("not-exportable", `Expected ${name} of ${kernel} to be ${known.join(" or ")}, got ${[value].flat().join(", ")}.`);
    }
}
