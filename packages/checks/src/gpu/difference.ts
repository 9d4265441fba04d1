type Tensors = readonly ArrayLike<number>[];

/** Largest difference of two values; NaN where a value is not finite or the sizes differ. */
export function largestDifference(found: Tensors, wanted: Tensors): number {
  // Math.max keeps NaN.
  return overTensors(found, wanted, (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0));
}

/**
 * Largest difference of two tensors in the L2 norm, relative to the wanted one's norm; NaN where a value is not finite or the sizes differ.
 * What is wanted to be all but nothing beside the other tensors (its norm below a millionth of theirs) counts relative to that.
 */
export function largestRelativeDifference(found: Tensors, wanted: Tensors): number {
  const least = 1e-6 * Math.hypot(...wanted.map((values) => norm(Array.from(values))));
  return overTensors(found, wanted, (a, b) => norm(a.map((value, i) => value - b[i]!)) / Math.max(norm(b), least));
}

function overTensors(found: Tensors, wanted: Tensors, difference: (found: readonly number[], wanted: readonly number[]) => number): number {
  if (found.length !== wanted.length || found.length === 0) return Number.NaN;
  return Math.max(
    ...found.map((values, index) => {
      const [a, b] = [Array.from(values), Array.from(wanted[index]!)];
      return a.length === b.length && [...a, ...b].every(Number.isFinite) ? difference(a, b) : Number.NaN;
    }),
  );
}

const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
