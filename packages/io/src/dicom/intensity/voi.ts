import { type Lut, lookUp } from "./lut.ts";

/** Modality values -> what is shown: a window of one of three functions, or a table (PS3.3 C.11.2). */
export type Voi =
  | { readonly kind: "window"; readonly center: number; readonly width: number; readonly function: "LINEAR" | "LINEAR_EXACT" | "SIGMOID" }
  | ({ readonly kind: "lut" } & Lut);

/**
 * A modality value -> [0, 1] as the VOI shows it.
 *
 * LINEAR uses center - 0.5 and width - 1, LINEAR_EXACT does not; SIGMOID is 1 / (1 + exp(-4 (x - center) / width)). Documented: PS3.3 C.11.2.1.2, C.11.2.1.3.
 * @example applyVoi({ kind: "window", center: 2653, width: 900, function: "SIGMOID" }, 2653); // 0.5
 */
export function applyVoi(voi: Voi, value: number): number {
  if (voi.kind === "lut") return Math.min(lookUp(voi, value) / (2 ** voi.bits - 1), 1);
  if (voi.function === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - voi.center)) / voi.width));
  const isLinear = voi.function === "LINEAR";
  const center = isLinear ? voi.center - 0.5 : voi.center;
  const width = isLinear ? voi.width - 1 : voi.width;
  if (width <= 0) return value <= center ? 0 : 1; // A LINEAR window of width 1 is a threshold.
  return Math.min(Math.max((value - center) / width + 0.5, 0), 1);
}
