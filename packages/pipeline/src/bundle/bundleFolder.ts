import { join } from "node:path";
import { json } from "@mammo/files";
import { readJson, readRegularFile, sha256, writeFileAtomically } from "@mammo/files/node";
import { saveWeights } from "@mammo/models";
import { encodeSafetensors } from "@mammo/weights";
import { PipelineError } from "../pipelineError.ts";
import { type Bundle, openBundle, weightsFileName } from "./bundle.ts";
import { type BundleDetector, type BundleFile, type BundleMember, bundleFileName } from "./bundleFile.ts";
import { type DetectorModel, type FamilyModel, families } from "./families.ts";

/**
 * The bundle in a folder; weights are read, and compared with their hashes, when a member is asked for.
 *
 * @throws PipelineError `no-weights` where there is none, and as `openBundle`.
 * @example
 * await selectBackend(); // of @mammo/backend
 * const bundle = await loadBundle("runs/phantom/bundle");
 */
export async function loadBundle(folder: string): Promise<Bundle> {
  const file = await readJson(join(folder, bundleFileName));
  if (file === undefined)
    throw new PipelineError("no-weights", `Expected a folder with ${bundleFileName}; \`npm run dream\` writes one to its --out under bundle/`);
  return openBundle(file, (name) => readRegularFile(join(folder, name), { below: folder, maxBytes: 2 ** 31 - 1 }));
}

/** Writes the weights of one model; gives what bundle.json says of it. Members are written one by one, so that not all need to be in memory at once. */
export async function saveMember(
  folder: string,
  model: FamilyModel,
  member: Pick<BundleMember, "name" | "family" | "seed" | "fold" | "calibrator">,
): Promise<BundleMember> {
  return { ...member, options: model.options, weightsSha256: await saveWeightsOf(folder, model, member) };
}

/** As `saveMember`, of a detector. */
export async function saveDetector(
  folder: string,
  model: DetectorModel,
  detector: Pick<BundleDetector, "name" | "family" | "seed">,
): Promise<BundleDetector> {
  return { ...detector, options: model.options, weightsSha256: await saveWeightsOf(folder, model, detector) };
}

async function saveWeightsOf(folder: string, model: FamilyModel | DetectorModel, of: Pick<BundleMember, "name">): Promise<string> {
  const bytes = encodeSafetensors({ arrays: await saveWeights(model), metadata: { format: "mammo-weights-1" } });
  await writeFileAtomically(join(folder, weightsFileName(of)), bytes);
  return sha256(bytes);
}

/** Writes bundle.json beside the weights of members that `saveMember` has written: it vouches for them. */
export async function saveBundle(folder: string, bundle: Omit<BundleFile, "schema">): Promise<void> {
  await writeFileAtomically(join(folder, bundleFileName), json({ schema: "mammo-bundle-1", ...bundle } satisfies BundleFile));
}

/**
 * Which weights a bundle holds and what they were trained on, as DICOM reports name their algorithm: `mammo DreamNet trained on phantom`, `weights 0123456789abcdef`. In ASCII, at most 64 letters each
 * (PS3.5 6.2: LO).
 */
export function algorithmOf({ members, detectors = [], trainedOn }: Pick<BundleFile, "members" | "detectors" | "trainedOn">): {
  readonly name: string;
  readonly version: string;
} {
  const hashes = [...members, ...detectors].map(({ weightsSha256 }) => weightsSha256);
  const hash = hashes.length === 1 ? hashes[0]! : sha256(hashes.join("\n"));
  const name = `mammo ${families[members[0]!.family].title} trained on ${trainedOn.replace(/[^ -[\]-~]/g, "?")}`;
  return { name: name.slice(0, 64).trimEnd(), version: `weights ${hash.slice(0, 16)}` };
}
