import { join } from "node:path";
import { json } from "@mammo/files";
import { readJson, readRegularFile, sha256, writeFileAtomically } from "@mammo/files/node";
import { saveWeights } from "@mammo/models";
import { encodeSafetensors } from "@mammo/weights";
import { PipelineError } from "../pipelineError.ts";
import { type Bundle, openBundle, weightsFileName } from "./bundle.ts";
import { type BundleFile, type BundleMember, bundleFileName } from "./bundleFile.ts";
import { type FamilyModel, familyOf } from "./families.ts";

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
  const bytes = encodeSafetensors({ arrays: await saveWeights(model), metadata: { format: "mammo-weights-1" } });
  await writeFileAtomically(join(folder, weightsFileName(member)), bytes);
  return { ...member, options: model.options, weightsSha256: sha256(bytes) };
}

/** Writes bundle.json beside the weights of members that `saveMember` has written: it vouches for them. */
export async function saveBundle(folder: string, bundle: Omit<BundleFile, "schema">): Promise<void> {
  await writeFileAtomically(join(folder, bundleFileName), json({ schema: "mammo-bundle-1", ...bundle } satisfies BundleFile));
}

/**
 * Which weights a bundle holds and what they were trained on, as DICOM reports name their algorithm: `mammo DreamNet trained on phantom`, `weights 0123456789abcdef`. In ASCII, at most 64 letters each
 * (PS3.5 6.2: LO).
 */
export function algorithmOf({ members, trainedOn }: Pick<BundleFile, "members" | "trainedOn">): { readonly name: string; readonly version: string } {
  const hashes = members.map(({ weightsSha256 }) => weightsSha256);
  const hash = hashes.length === 1 ? hashes[0]! : sha256(hashes.join("\n"));
  const titles = [...new Set(members.map(({ family }) => familyOf(family).title))];
  const name = `mammo ${titles.length === 1 ? titles[0]! : `${titles.length} families`} trained on ${trainedOn.replace(/[^ -[\]-~]/g, "?")}`;
  return { name: name.slice(0, 64).trimEnd(), version: `weights ${hash.slice(0, 16)}` };
}
