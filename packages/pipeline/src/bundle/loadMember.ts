import { loadWeights, type Model } from "@mammo/models";
import { decodeSafetensors } from "@mammo/weights";
import { PipelineError } from "../pipelineError.ts";
import { type Bundle, weightsFileName } from "./bundle.ts";
import { type BundleMember, bundleFileName } from "./bundleFile.ts";
import { type DetectorModel, detectorFamilies, type FamilyModel, families } from "./families.ts";

/**
 * One member of a bundle with its weights; the caller disposes of it. A backend must be chosen before.
 *
 * @throws PipelineError `no-weights` where the weights are not those that bundle.json states; WeightsError `mismatch` where they do not fit the member's options, `not-finite` where they are of a training that diverged; RangeError for an index out of range.
 */
export async function loadMember(bundle: Bundle, index: number): Promise<FamilyModel> {
  const member = bundle.members[index];
  if (!member) throw new RangeError(`Expected a member 0 to ${bundle.members.length - 1}, got ${index}`);
  return withWeights(bundle, member, () => families[member.family].create(member.options));
}

/** One detector of a bundle, as `loadMember`. @throws as there. */
export async function loadDetector(bundle: Bundle, index: number): Promise<DetectorModel> {
  const detector = bundle.detectors?.[index];
  if (!detector) throw new RangeError(`Expected a detector 0 to ${(bundle.detectors?.length ?? 0) - 1}, got ${index}`);
  return withWeights(bundle, detector, () => detectorFamilies[detector.family].create(detector.options));
}

async function withWeights<M extends Model>(bundle: Bundle, member: Pick<BundleMember, "name" | "weightsSha256">, create: () => M): Promise<M> {
  const file = weightsFileName(member);
  const bytes = await bundle.readFile(file);
  if ((await hexSha256(bytes)) !== member.weightsSha256)
    throw new PipelineError("no-weights", `Expected ${file} to have the SHA-256 that ${bundleFileName} names, got another: the bundle is not whole`);
  const model = create();
  try {
    loadWeights(model, decodeSafetensors(bytes).arrays);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * One member of a bundle for as long as the function runs: whatever the number of members, memory holds one net.
 *
 * @throws PipelineError as `loadMember`, and what the function throws.
 * @example const { logit } = await withMember(bundle, 0, (model) => examineView(model, image));
 */
export async function withMember<T>(bundle: Bundle, index: number, use: (model: FamilyModel) => Promise<T>): Promise<T> {
  const model = await loadMember(bundle, index);
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

/** In Node and in browsers alike (there on pages served by https, or from this machine). */
async function hexSha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
