import type { LesionKind } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";

/** What each class of the detector stands for, in the order of its logits (re-implementations of the DREAM challenge's winner). */
const meanings = {
  background: undefined,
  benignCalcification: { kind: "calcification", malignant: false },
  benignMass: { kind: "mass", malignant: false },
  malignantCalcification: { kind: "calcification", malignant: true },
  malignantMass: { kind: "mass", malignant: true },
} as const;

/** One of `detectorClasses`. */
export type DetectorClass = keyof typeof meanings;

/** The classes of DetectorNet and of DreamNet's heatmap, in the order of their logits. */
export const detectorClasses = Object.freeze(Object.keys(meanings)) as readonly DetectorClass[];

/** Those of them that are malignant. */
export const malignantClasses: readonly DetectorClass[] = Object.freeze(detectorClasses.filter((name) => meanings[name]?.malignant));

/** The class of a lesion. Distortions and asymmetries count as masses: all three are soft-tissue findings. Ours. */
export function detectorClassOf(options: { readonly kind: LesionKind; readonly malignant: boolean }): DetectorClass {
  requireKnownKeys("detectorClassOf", options, { kind: true, malignant: true });
  const { kind, malignant } = options;
  if (kind === "calcification") return malignant ? "malignantCalcification" : "benignCalcification";
  return malignant ? "malignantMass" : "benignMass";
}

/** The kind of lesion that a class stands for; undefined for the background and for names that are no class. */
export function kindOfClass(name: string): "calcification" | "mass" | undefined {
  return Object.hasOwn(meanings, name) ? meanings[name as DetectorClass]?.kind : undefined;
}
