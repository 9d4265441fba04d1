import { type Lut, lookUp } from "./lut.ts";

/** Stored values -> what they mean: a rescale (y = slope x + intercept) or a table (PS3.3 C.11.1). */
export type Modality = { readonly kind: "rescale"; readonly slope: number; readonly intercept: number } | ({ readonly kind: "lut" } & Lut);

/** A stored value -> its modality value. */
export const applyModality = (modality: Modality, stored: number): number =>
  modality.kind === "rescale" ? modality.slope * stored + modality.intercept : lookUp(modality, stored);
