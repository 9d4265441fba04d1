import type { Calibrator } from "@mammo/ensemble";
import type { BundleFile } from "./bundleFile.ts";

/**
 * Why a bundle's scores would tell no exam from another, in one sentence; undefined where they do.
 *
 * A calibrator fitted to logits that do not rise with cancer is level: each exam gets the same probability (a temperature leaves one next to 1/2), each cut of
 * the scale lies there, and each exam would get 10 of 10, calibrated in name.
 */
export function levelScores({
  calibrator,
  scale,
  members = [],
}: Pick<BundleFile, "calibrator" | "scale"> & Partial<Pick<BundleFile, "members">>): string | undefined {
  if (isLevel(calibrator) || (members.length > 0 && members.every((member) => member.calibrator !== undefined && isLevel(member.calibrator))))
    return "the calibrator is level: on the validation women the logits did not rise with cancer, and all exams get the same probability and score";
  if (scale.reference !== undefined && scale.cuts[0] === scale.cuts[8])
    return "all cuts of the scale are equal: the reference women had one probability, and exams get 1 or 10 only";
  return undefined;
}

/** What `fitTemperature` gives for logits that know nothing, with room for its last digits: of ranks there would still be some, but they are those of such logits. */
const hottest = 1000 * (1 - 1e-6);

function isLevel(calibrator: Calibrator): boolean {
  switch (calibrator.kind) {
    case "platt":
      return calibrator.slope === 0;
    case "temperature":
      return calibrator.temperature >= hottest;
    case "isotonic":
      return isFlat(calibrator.probabilities);
    case "beta":
      return calibrator.a === 0 && calibrator.b === 0;
    case "venn-abers":
      return isFlat(calibrator.lower) && isFlat(calibrator.upper);
  }
}

/** Of numbers that never fall. */
const isFlat = (rising: readonly number[]) => rising[0] === rising.at(-1);
