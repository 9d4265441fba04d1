import { calibrate, type DetectedPlace, logit, mergeDetections, poolMembers } from "@mammo/ensemble";
import { lesionKinds } from "@mammo/mammogram";
import { type HeatmapLogits, type LesionDetection, type MalignancyMap, malignancyMap, type Runner } from "@mammo/models";
import type { Bundle } from "../bundle/bundle.ts";
import type { BundleMember } from "../bundle/bundleFile.ts";
import type { FamilyExamination, SuspiciousPlace, ViewOfExam } from "../bundle/families/family.ts";
import { type FamilyModel, familyNames, familyOf } from "../bundle/families.ts";
import { levelScores } from "../bundle/levelScores.ts";
import { loadMember } from "../bundle/loadMember.ts";
import { PipelineError } from "../pipelineError.ts";
import { fastestRunner, type RunnerKind, type RunnerTrial, tfjsKind } from "./fastestRunner.ts";

/** What all members of a bundle together say of one view. */
export interface PooledExamination {
  /** Calibrated probability of cancer, in [0, 1]. */
  readonly probability: number;
  /** Mean of the members' heatmaps, and its cells' malignancy. */
  readonly heatmap: HeatmapLogits;
  readonly malignancy: MalignancyMap;
  /** Places that nets of lesions have found, in falling score; none where the bundle has no such nets. */
  readonly places: readonly DetectedPlace[];
}

/** What an ensemble asks of a member while it examines: of which family and which training it is. */
export type ExaminingMember = Pick<BundleMember, "name" | "family" | "seed" | "fold" | "calibrator">;

/** Members, of which one at a time needs to be in memory: the one that was asked for last. */
export interface Examiners {
  readonly members: readonly ExaminingMember[];
  get(index: number): Promise<FamilyModel>;
  /** Where the member that was asked for last runs; default TensorFlow.js. A trial, where one is needed, is made of `run`. */
  runner?(run: (runner: Runner) => Promise<unknown>): Promise<Runner>;
}

/** Where the members' graphs run. */
export interface MemberRunnerOptions {
  /** Of several the fastest, by a trial of a second on the first member and exam; default TensorFlow.js alone. */
  readonly runners?: readonly RunnerKind[] | undefined;
  /** Gets what the trial has shown. */
  readonly onTrial?: ((trial: RunnerTrial) => void) | undefined;
}

/** The members of a bundle. */
export interface OpenMembers extends Examiners {
  readonly bundle: Bundle;
  dispose(): Promise<void>;
}

/** @throws PipelineError `uncalibrated` for a bundle whose scores tell no exam from another; RangeError for no runner. */
export function openMembers(bundle: Bundle, { runners = [tfjsKind], onTrial = () => {} }: MemberRunnerOptions = {}): OpenMembers {
  const why = levelScores(bundle);
  if (why !== undefined) throw new PipelineError("uncalibrated", `Expected a bundle whose scores tell exams apart, but ${why}`);
  if (runners.length === 0) throw new RangeError("Expected at least one runner, got none");
  let kind = runners.length === 1 ? runners[0] : undefined;
  let open: { readonly index: number; readonly model: FamilyModel; runner?: Runner } | undefined;
  const dispose = async () => {
    const closing = open;
    open = undefined;
    await closing?.runner?.dispose();
    closing?.model.dispose();
  };
  return {
    bundle,
    members: bundle.members,
    async get(index) {
      if (open?.index === index) return open.model;
      await dispose();
      open = { index, model: await loadMember(bundle, index) };
      return open.model;
    },
    async runner(run) {
      if (!kind) {
        const trial = await fastestRunner(runners, run);
        kind = trial.chosen;
        onTrial(trial);
      }
      return (open!.runner ??= turning(kind.start()));
    },
    dispose,
  };
}

/** Lets the event loop turn after each run: a graph on wasm keeps it, and threads that read ahead would wait for their next file. */
const turning = (runner: Runner): Runner => ({
  ...runner,
  async run(graph, model, inputs) {
    const outputs = await runner.run(graph, model, inputs);
    await new Promise((resolve) => setTimeout(resolve));
    return outputs;
  },
});

/**
 * The views of some exams through all members, member by member, so that each is loaded once for all of them: by exam, view and member. RetinaNets come first, since they propose what the
 * lesion nets of their seed and fold look at.
 */
export async function examineExams(
  exams: readonly (readonly ViewOfExam[])[],
  { members, get, runner: runnerFor }: Examiners,
): Promise<readonly (readonly (readonly FamilyExamination[])[])[]> {
  const found = exams.map((views) => views.map((): FamilyExamination[] => []));
  const proposed = new Map<string, readonly (readonly LesionDetection[])[]>();
  const inOrder = [...members.entries()].sort(([, a], [, b]) => familyNames.indexOf(a.family) - familyNames.indexOf(b.family));
  for (const [index, { family, seed, fold }] of inOrder) {
    const model = await get(index);
    for (const [at, views] of exams.entries()) {
      const key = `${at} ${seed} ${fold ?? ""}`;
      const proposals = proposed.get(key) ?? views.map(() => []);
      const examine = (runner?: Runner) => familyOf(family).examine(model, views, proposals, { runner });
      const said = await examine(await runnerFor?.(examine));
      for (const [view, one] of said.entries()) found[at]![view]![index] = one;
      if (said.some(({ proposals }) => proposals))
        proposed.set(
          key,
          said.map(({ proposals = [] }) => proposals),
        );
    }
  }
  return found;
}

/** The members' logits of some views, each calibrated where the member has a calibrator -> one a view: the mean within each family, then over the families. */
export function poolViews(members: readonly ExaminingMember[], views: readonly (readonly Pick<FamilyExamination, "logit">[])[]): Float64Array {
  const scores = members.map((member, index) => Float64Array.from(views, (said) => memberLogit(member, said[index]!.logit)));
  return poolMembers({ members, scores, ids: views.map((_, index) => String(index)) }, "family-logit");
}

/** What all members of a bundle together say of each view of each exam. */
export async function examineTogether(exams: readonly (readonly ViewOfExam[])[], members: OpenMembers): Promise<readonly PooledExamination[][]> {
  const { bundle } = members;
  const found = await examineExams(exams, members);
  return found.map((views) => {
    const logits = poolViews(bundle.members, views);
    return views.map((said, at): PooledExamination => {
      const heatmap = meanHeatmap(said.flatMap((one) => one.heatmap ?? []));
      return {
        probability: calibrate(bundle.calibrator, logits[at]!),
        heatmap,
        malignancy: malignancyMap(heatmap),
        places: fusePlaces(bundle.members, said),
      };
    });
  });
}

const memberLogit = ({ calibrator }: Pick<BundleMember, "calibrator">, raw: number): number => (calibrator ? logit(calibrate(calibrator, raw)) : raw);

/** Of all that see a whole view; a bundle has one at least (`parseBundle`). */
export function meanHeatmap(heatmaps: readonly HeatmapLogits[]): HeatmapLogits {
  const [first, ...others] = heatmaps as [HeatmapLogits, ...HeatmapLogits[]];
  if (others.length === 0) return first;
  const isLikeFirst = ({ logits, classes }: HeatmapLogits) => logits.length === first.logits.length && classes.join() === first.classes.join();
  if (!others.every(isLikeFirst)) throw new RangeError("Expected heatmaps of one size and of the same classes from all members");
  return { ...first, logits: first.logits.map((_, at) => heatmaps.reduce((sum, { logits }) => sum + logits[at]!, 0) / heatmaps.length) };
}

/** Boxes of all nets of lesions, fused: where there are CaracNets theirs, which are those of the detectors looked at again. */
function fusePlaces(members: readonly Pick<BundleMember, "family">[], said: readonly FamilyExamination[]): DetectedPlace[] {
  const second = members.some(({ family }) => familyOf(family).needsProposals);
  const lists = said.flatMap(({ places, proposals }) => (places && !(second && proposals) ? [places] : []));
  if (lists.length === 0) return [];
  const label = ({ kind }: SuspiciousPlace) => (kind ? lesionKinds.indexOf(kind) : lesionKinds.length);
  const fused = mergeDetections(lists.map((list) => list.map((one) => ({ box: one.box, score: one.score, label: label(one) }))));
  return fused.map(({ box, score, label }) => ({ box, score, ...(lesionKinds[label] ? { kind: lesionKinds[label] } : {}) }));
}
