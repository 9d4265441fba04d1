import { requireKnownKeys } from "@mammo/mammogram";
import { loadWeights } from "@mammo/models";
import { decodeSafetensors } from "@mammo/weights";
import { PipelineError } from "../pipelineError.ts";
import { type Bundle, weightsFileName } from "./bundle.ts";
import { bundleFileName } from "./bundleFile.ts";
import { type FamilyName, familyOf, type ModelOfFamily } from "./families.ts";

/** Which member is wanted. */
export interface MemberOptions<Family extends FamilyName> {
  /** The family that it must be of: the model's type is then that family's. Default: any. */
  readonly family?: Family;
}

/**
 * One member of a bundle with its weights; the caller disposes of it. A backend must be chosen before.
 *
 * @throws PipelineError `no-weights` where the weights are not those that bundle.json states; WeightsError `mismatch` where they do not fit the member's options, `not-finite` where they are of a training that diverged; RangeError for an index out of range, or a member of another family than is asked for.
 * @example const model = await loadMember(bundle, 0, { family: "dreamNet" });
 */
export async function loadMember<Family extends FamilyName = FamilyName>(
  bundle: Bundle,
  index: number,
  options: MemberOptions<Family> = {},
): Promise<ModelOfFamily[Family]> {
  requireKnownKeys("loadMember", options, { family: true });
  const { family } = options;
  const member = bundle.members[index];
  if (!member) throw new RangeError(`Expected a member 0 to ${bundle.members.length - 1}, got ${index}`);
  if (family !== undefined && member.family !== family) throw new RangeError(`Expected member ${index} to be a ${family}, got a ${member.family}`);
  const file = weightsFileName(member);
  const bytes = await bundle.readFile(file);
  if ((await hexSha256(bytes)) !== member.weightsSha256)
    throw new PipelineError("no-weights", `Expected ${file} to have the SHA-256 that ${bundleFileName} names, got another: the bundle is not whole`);
  const model = familyOf(member.family).create(member.options);
  try {
    loadWeights(model, decodeSafetensors(bytes).arrays);
    return model as ModelOfFamily[Family];
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * One member of a bundle for as long as the function runs: whatever the number of members, memory holds one net.
 *
 * @throws PipelineError as `loadMember`, and what the function throws.
 * @example const { logit } = await withMember(bundle, 0, (model) => examineView(model, image), { family: "dreamNet" });
 */
export async function withMember<T, Family extends FamilyName = FamilyName>(
  bundle: Bundle,
  index: number,
  use: (model: ModelOfFamily[Family]) => Promise<T>,
  options: MemberOptions<Family> = {},
): Promise<T> {
  requireKnownKeys("withMember", options, { family: true });
  const model = await loadMember(bundle, index, options);
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
