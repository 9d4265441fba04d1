import { type Tensor, tidy, util } from "@tensorflow/tfjs-core";
import { toTensor } from "./arrays.ts";
import { weightsOf } from "./ema.ts";
import type { NumberArray } from "./safetensors.ts";
import type { Trainable } from "./trainable.ts";
import type { Slots } from "./transform.ts";

/** What a partial restore did, by name, sorted. */
export interface RestoreReport {
  /** Taken over. */
  readonly restored: readonly string[];
  /** Not in the source: as they were. */
  readonly fresh: readonly string[];
  /** In the source with another shape: as they were. */
  readonly misshapen: readonly string[];
  /** In the source only. */
  readonly unused: readonly string[];
}

/**
 * Copies those weights into a model that fit by name and shape, parameters and buffers; the rest stays. To demand all, look at the report.
 *
 * @example
 * const { fresh } = restoreWeights(dream, decodeCheckpoint(bytes).weights); // the head
 */
export function restoreWeights(model: Trainable, source: Readonly<Record<string, NumberArray>>): RestoreReport {
  const own = weightsOf(model);
  const report = compareByShape(own, source);
  for (const name of report.restored) tidy(() => own[name]!.assign(toTensor(source[name]!)));
  return report;
}

/**
 * Slots that begin as the source's where they fit. A parameter's slots are taken together or not at all: a count without its moments would spoil the
 * correction of the bias. The first slots are consumed.
 */
export function restoreSlots(
  first: Slots,
  source: Readonly<Record<string, NumberArray | number>>,
): { readonly slots: Slots; readonly report: RestoreReport } {
  const report = compareByShape(first, source);
  const broken = new Set([...report.fresh, ...report.misshapen].map(parameterOf));
  const restored = report.restored.filter((name) => !broken.has(parameterOf(name)));
  const slots: Record<string, Tensor | number> = { ...first };
  for (const name of restored) {
    const [old, value] = [first[name]!, source[name]!];
    if (typeof old !== "number") old.dispose();
    slots[name] = typeof value === "number" ? value : toTensor(value);
  }
  const fresh = Object.keys(first).filter((name) => !restored.includes(name) && !report.misshapen.includes(name));
  return { slots, report: { ...report, restored, fresh: fresh.sort() } };
}

/** `adam/m:block1/conv1/kernel` -> `block1/conv1/kernel`; a slot that is no parameter's stands for itself. */
const parameterOf = (slot: string) => slot.slice(slot.indexOf(":") + 1);

/** What of the source fits by name and shape. */
export function compareByShape(own: Slots, source: Readonly<Record<string, NumberArray | number>>): RestoreReport {
  const names = Object.keys(own).sort();
  const known = names.filter((name) => Object.hasOwn(source, name));
  const fits = (name: string) => sameShape(own[name]!, source[name]!);
  return {
    restored: known.filter(fits),
    misshapen: known.filter((name) => !fits(name)),
    fresh: names.filter((name) => !Object.hasOwn(source, name)),
    unused: Object.keys(source)
      .filter((name) => !Object.hasOwn(own, name))
      .sort(),
  };
}

function sameShape(own: Tensor | number, source: NumberArray | number): boolean {
  if (typeof own === "number" || typeof source === "number") return typeof own === typeof source;
  return util.arraysEqual(own.shape, [...source.shape]);
}
