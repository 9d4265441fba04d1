import type { DetectorNet } from "./detectorNet.ts";
import { type DreamNet, type DreamNetOptions, dreamNet } from "./dreamNet.ts";

/** What `fromDetector` did, weight by weight (parameters and buffers, sorted). */
export interface Inheritance {
  readonly model: DreamNet;
  /** Names that carry the detector's values: all of layers 1–9. */
  readonly copied: readonly string[];
  /** Names that start new: the head. */
  readonly fresh: readonly string[];
}

/**
 * A DreamNet whose layers 1–9 begin as the detector's. `classes` and `width` are the detector's; the other options are free. The detector stays as it is.
 *
 * The names are the same in both graphs, so an optimizer's slots and an average of the weights carry over by name as well. Documented (DREAM challenge 2017).
 *
 * @example
 * const { model, copied, fresh } = fromDetector(detector, { rows: 1200, columns: 800 });
 */
export function fromDetector(detector: DetectorNet, options: Partial<Omit<DreamNetOptions, "classes" | "width">> = {}): Inheritance {
  const { classes, width, seed } = detector.options;
  const model = dreamNet({ seed, ...options, classes, width });
  const source = { ...detector.params, ...detector.buffers };
  const target = { ...model.params, ...model.buffers };
  const copied: string[] = [];
  const fresh: string[] = [];
  for (const name of Object.keys(target).sort()) {
    const value = source[name];
    if (value) target[name]!.assign(value);
    (value ? copied : fresh).push(name);
  }
  return { model, copied, fresh };
}
