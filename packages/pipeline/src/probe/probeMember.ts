import type { Cohort } from "@mammo/io/node";
import { requireKnownKeys } from "@mammo/mammogram";
import type { Bundle } from "../bundle/bundle.ts";
import { familyOf } from "../bundle/families.ts";
import { loadMember } from "../bundle/loadMember.ts";
import type { Progress } from "../progress.ts";
import { examineForProbe, type ProbedCohort } from "./examineForProbe.ts";
import type { TraitTable } from "./readTraits.ts";

/**
 * The images of a cohort through one member of a bundle, for `probeFindings`. A backend must be chosen before. Yields after each image.
 *
 * @throws PipelineError as `loadMember`, and as `examineForProbe`; RangeError for a member that is not there, or whose features are not of one view.
 * @example
 * const work = probeMember(cohort, await loadBundle("runs/phantom/bundle"));
 * for (let step = await work.next(); !step.done; step = await work.next()) show(step.value);
 */
export async function* probeMember(
  cohort: Pick<Cohort, "images">,
  bundle: Bundle,
  options: { readonly member?: number; readonly traits?: TraitTable["traits"] | undefined } = {},
): AsyncGenerator<Progress, ProbedCohort> {
  requireKnownKeys("probeMember", options, { member: true, traits: true });
  const { member = 0, traits } = options;
  const model = await loadMember(bundle, member);
  const { title, features } = familyOf(bundle.members[member]!.family);
  try {
    if (!features) throw new RangeError(`Expected a member that sees whole views one by one, such as a DreamNet, got a ${title}`);
    return yield* examineForProbe(cohort, (view) => features(model, view), { traits });
  } finally {
    model.dispose();
  }
}
