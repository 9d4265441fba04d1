// What scoring needs, in one folder: the graph's weights, the calibrator and the 1-10 scale. The only place here that chooses a backend for scoring.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import type { Calibrator, ScoreScale } from "@mammo/ensemble";
import { type DreamNet, type DreamNetOptions, dreamNet, loadWeights, saveWeights } from "@mammo/models";
import { decodeSafetensors, encodeSafetensors, readTensors, toTensors } from "@mammo/train";
import { dispose } from "@tensorflow/tfjs-core";
import { json, readJson, sha256, writeWhole } from "./files.ts";
import type { Provenance } from "./provenance.ts";

interface BundleFile {
  readonly dreamNet: DreamNetOptions;
  /** Of dreamNet.safetensors. */
  readonly weightsSha256: string;
  /** View or breast logit -> probability of cancer at the prevalence of the reference set. */
  readonly calibrator: Calibrator;
  readonly scale: ScoreScale;
  /** Name of the cohort. */
  readonly trainedOn: string;
  /** Version of the standardized images that the graph was trained on. */
  readonly standardization: string;
  readonly provenance: Provenance;
}

export interface Bundle extends BundleFile {
  readonly model: DreamNet;
}

const weightsFile = "dreamNet.safetensors";
const bundleFile = "bundle.json";

/** Starts the backend and loads a folder that `npm run dream` wrote. Throws, naming the file, where it is not whole. */
export async function loadBundle(folder: string): Promise<Bundle> {
  const file = await readJson<BundleFile>(join(folder, bundleFile));
  if (!file)
    throw Object.assign(
      new Error(`Expected a trained bundle (${bundleFile}) in --weights; \`npm run dream\` writes one to its --out under bundle/`),
      { code: "no-weights" },
    );
  const bytes = await readFile(join(folder, weightsFile));
  if (sha256(bytes) !== file.weightsSha256)
    throw Object.assign(new Error(`Expected ${weightsFile} to have the SHA-256 that ${bundleFile} names, got another: the bundle is not whole`), {
      code: "no-weights",
    });
  await selectBackend();
  const model = dreamNet(file.dreamNet);
  const weights = toTensors(decodeSafetensors(bytes).arrays);
  loadWeights(model, weights);
  dispose(weights);
  return { ...file, model };
}

/** Writes a bundle: the weights first, then the file that vouches for them. */
export async function saveBundle(folder: string, { model, ...rest }: Omit<Bundle, "dreamNet" | "weightsSha256">): Promise<void> {
  const weights = saveWeights(model);
  const bytes = encodeSafetensors({ arrays: await readTensors(weights), metadata: { format: "mammo-weights-1" } });
  dispose(weights);
  const file: BundleFile = { dreamNet: model.options, weightsSha256: sha256(bytes), ...rest };
  await writeWhole(join(folder, weightsFile), bytes);
  await writeWhole(join(folder, bundleFile), json(file));
}
