import { getBackend, scalar, type Tensor, where } from "@tensorflow/tfjs-core";

/** Backends whose values lie in the memory of this process: reading them waits for nothing. */
const hostBackends = ["cpu", "wasm", "tensorflow"];

/** What labels must be. */
export interface LabelRule {
  /** "labels in [0, 1]": what was expected. */
  readonly expected: string;
  /** Whether one value is such a label; NaN is none. */
  accepts(value: number): boolean;
  /** The same for all of a tensor, on the device: bool. */
  acceptsAll(labels: Tensor): Tensor;
}

/**
 * Labels out of their range never pass in silence. Where values can be read at once (cpu, wasm, tensorflow) they are refused by RangeError; on a GPU, where
 * reading would stall it, the loss is NaN, which `trainStep` refuses as `not-finite`.
 *
 * Returns what the loss passes through before it is used.
 *
 * @throws RangeError for the first label that is none.
 */
export function requireLabels(labels: Tensor, { expected, accepts, acceptsAll }: LabelRule): <T extends Tensor>(loss: T) => T {
  if (!hostBackends.includes(getBackend())) return <T extends Tensor>(loss: T) => where(acceptsAll(labels), loss as Tensor, scalar(Number.NaN)) as T;
  const values = labels.dataSync();
  const at = values.findIndex((value) => !accepts(value));
  if (at >= 0) throw new RangeError(`Expected ${expected}, got ${values[at]} at place ${at} of the batch.`);
  return (loss) => loss;
}
