import type { Calibrator } from "@mammo/ensemble";
import type { BundleFile } from "./bundleFile.ts";

/**
 * Why a bundle's scores would tell no exam from another, in one sentence; undefined where they do.
 *
 * A calibrator fitted to logits that do not rise with cancer is level: each exam gets the same probability, each cut of the scale lies there, and each exam
 * would get 10 of 10, calibrated in name.
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

function isLevel(calibrator: Calibrator): boolean {
  if (calibrator.kind === "platt") return calibrator.slope === 0;
  return calibrator.kind === "isotonic" && calibrator.probabilities[0] === calibrator.probabilities.at(-1);
}
