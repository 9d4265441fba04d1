import { join } from "node:path";
import { writeFileAtomically } from "@mammo/files/node";
import { type Bundle, weightsFileName } from "../bundle/bundle.ts";
import { saveBundle } from "../bundle/bundleFolder.ts";
import type { Recalibration } from "./recalibrate.ts";

/**
 * Writes a bundle with its calibrator and scale fitted anew: weights as they are, bundle.json last. What it was calibrated on stands in its provenance.
 *
 * @throws PipelineError `no-weights` where a file of weights is missing.
 * @example await saveRecalibrated("bundle-here", bundle, recalibrate(bundle, breasts, { sha256, seed: 1 }));
 */
export async function saveRecalibrated(
  folder: string,
  bundle: Bundle,
  { calibrator, scale, reference, findingCalibrator }: Pick<Recalibration, "calibrator" | "scale" | "reference" | "findingCalibrator">,
): Promise<void> {
  // A former reference, and what was learned of findings, are of former probabilities.
  const { readFile, schema, warning, provenance, reference: _, findingCalibrator: __, ...kept } = bundle;
  for (const member of bundle.members) await writeFileAtomically(join(folder, weightsFileName(member)), await readFile(weightsFileName(member)));
  const calibration = scale.reference?.sha256;
  const inputs = { ...provenance.inputs, ...(calibration === undefined ? {} : { calibration }) };
  await saveBundle(folder, {
    ...kept,
    calibrator,
    scale,
    ...(reference && { reference }),
    ...(findingCalibrator && { findingCalibrator }),
    provenance: { ...provenance, inputs },
  });
}
