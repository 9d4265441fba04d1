import type { DataSet } from "../parse/dataSet.ts";
import { code, isPresent, text, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";

/** Kinds that no screening model is meant for, alone or in the place of a plain image. */
const oddKinds = ["tomosynthesis-slice", "tomosynthesis-projection", "contrast", "subtracted", "low-energy", "high-energy", "stereotactic"] as const;

/** A kind that no screening model is meant for. */
export type OddKind = (typeof oddKinds)[number];

/** What kind of image it is; `plain` is the two-dimensional mammogram that screening models are trained on. */
export type ImageKind = "plain" | "tomosynthesis" | "synthetic" | OddKind;

/** Whether a kind is one that no screening model is meant for. */
export const isOddKind = (kind: ImageKind): kind is OddKind => oddKinds.some((one) => one === kind);

/** What Image Type (0008,0008) says beyond its first two values, in the order in which it decides: PS3.3 C.8.11.7.1.4, and what makers write. */
const terms: readonly (readonly [pattern: RegExp, kind: ImageKind])[] = [
  [/^(GENERATED_2D|TOMO_2D|SYNTHETIC(_2D)?)$/, "synthetic"],
  [/^(TOMO_PROJ(ECTION)?|TOMO_SCOUT|PROJECTION)$/, "tomosynthesis-projection"],
  [/^STEREO/, "stereotactic"],
  [/^(SUBTRACT(ION|ED)?|RECOMBINED|DUAL_ENERGY)$/, "subtracted"],
  [/^LOW_?ENERGY$/, "low-energy"],
  [/^HIGH_?ENERGY$/, "high-energy"],
  [/^((PRE|POST)_?)?CONTRAST$|^(CEM|CESM|CEDM)$/, "contrast"],
  [/^(TOMO|TOMOSYNTHESIS)(_SLICE)?$|^SLICE$/, "tomosynthesis-slice"],
];

/** Names of images computed from a stack that makers write into the series' description only. */
const syntheticSeries = /\b[cs]-view\b|\bcview\b|\b(intelligent|insight) 2d\b/i;

/**
 * The kind of an image from all evidence: its class, its number of frames, Image Type, its volume, its series, an injected contrast agent.
 *
 * `stack`: what the SOP class says of a multi-frame file.
 */
export function readImageKind(
  dataSet: DataSet,
  { stack, frames }: { readonly stack: "tomosynthesis" | "projection" | undefined; readonly frames: number },
): ImageKind {
  const values = texts(dataSet, tags.ImageType).map((value) => value.toUpperCase().replace(/[ -]/g, "_"));
  const stated = terms.find(([pattern]) => values.slice(1).some((value) => pattern.test(value)))?.[1];
  const isStack = stack === "tomosynthesis" || frames > 1;
  if (stack === "projection" || stated === "tomosynthesis-projection") return "tomosynthesis-projection";
  if (isStack && (stated === undefined || stated === "tomosynthesis-slice")) return "tomosynthesis";
  if (stated === "synthetic" || syntheticSeries.test(text(dataSet, tags.SeriesDescription) ?? "")) return "synthetic";
  if (stated !== undefined) return stated;
  const isOfVolume = code(dataSet, tags.VolumetricProperties) === "VOLUME" || (values[0] === "DERIVED" && isPresent(dataSet, tags.SliceLocation));
  if (isOfVolume) return "tomosynthesis-slice";
  return isPresent(dataSet, tags.ContrastBolusAgent) ? "contrast" : "plain";
}
