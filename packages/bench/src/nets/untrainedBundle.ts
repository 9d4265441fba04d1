import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import { dreamNet } from "@mammo/models";
import { readProvenance, saveBundle, saveMember } from "@mammo/pipeline/node";

/** A bundle of a DreamNet that has learned nothing: it takes as long as one that has. */
export async function saveUntrained(folder: string, width: number): Promise<void> {
  const backend = await selectBackend({ prefer: "cpu" });
  const model = dreamNet({ width, seed: 1 });
  const member = await saveMember(folder, model, { name: "dreamNet", family: "dreamNet", seed: 1 });
  model.dispose();
  await saveBundle(folder, {
    members: [member],
    calibrator: { kind: "platt", slope: 1, intercept: 0 },
    scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
    trainedOn: "nothing",
    standardization: standardizationVersion,
    provenance: readProvenance({ backend, seed: 1, inputs: {} }),
  });
}
