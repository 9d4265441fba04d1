import type { Reference } from "./elementwise.ts";

/** Batch norm by the batch's own statistics, over all axes but the last. */
export function batchNorm(x: Reference, scale: Reference, offset: Reference, { epsilon, relu }: { epsilon: number; relu: boolean }): Reference {
  const channels = scale.values.length;
  const count = x.values.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  x.values.forEach((value, i) => void (mean[i % channels]! += value / count));
  x.values.forEach((value, i) => void (variance[i % channels]! += (value - mean[i % channels]!) ** 2 / count));
  const values = x.values.map((value, i) => {
    const c = i % channels;
    const y = ((value - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * scale.values[c]! + offset.values[c]!;
    return relu ? Math.max(0, y) : y;
  });
  return { shape: x.shape, values };
}
