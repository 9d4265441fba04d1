import { selectBackend } from "@mammo/backend";
import type { PlattCalibrator } from "@mammo/ensemble";
import { standardizationVersion } from "@mammo/io";
import { dreamNet } from "@mammo/models";
import { readProvenance, saveBundle, saveMember } from "@mammo/pipeline/node";

/** A bundle of one net that has learned nothing, for programs to run. */
export async function saveUntrained(
  folder: string,
  { slope, intercept, width = 0.03125 }: Pick<PlattCalibrator, "slope" | "intercept"> & { readonly width?: number },
): Promise<void> {
  const backend = await selectBackend({ prefer: "wasm" });
  const model = dreamNet({ width, seed: 1 });
  const member = await saveMember(folder, model, { name: "dreamNet", family: "dreamNet", seed: 1 });
  model.dispose();
  await saveBundle(folder, {
    members: [member],
    calibrator: { kind: "platt", slope, intercept },
    scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
    trainedOn: "nothing",
    standardization: standardizationVersion,
    provenance: readProvenance({ backend, seed: 1, inputs: {} }),
  });
}
