import { calibrate, logit, poolLogits } from "@mammo/ensemble";
import type { Grid } from "@mammo/mammogram";
import { type Examination, type HeatmapLogits, type MalignancyMap, malignancyMap, type Runner } from "@mammo/models";
import type { Bundle } from "../bundle/bundle.ts";
import type { BundleMember } from "../bundle/bundleFile.ts";
import { type FamilyModel, families } from "../bundle/families.ts";
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
}

/** Where the members' graphs run. */
export interface MemberRunnerOptions {
  /** Of several the fastest, by a trial of a second on the first image; default TensorFlow.js alone. */
  readonly runners?: readonly RunnerKind[] | undefined;
  /** Gets what the trial has shown. */
  readonly onTrial?: ((trial: RunnerTrial) => void) | undefined;
}

/** The members of a bundle, of which one at a time is in memory: the one that was asked for last. */
export interface OpenMembers {
  readonly bundle: Bundle;
  /** One view through one of them. */
  examine(index: number, image: Grid): Promise<Examination>;
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
    async examine(index, image) {
      if (open?.index !== index) {
        await dispose();
        open = { index, model: await loadMember(bundle, index) };
      }
      const { model } = open;
      const { examine } = families[bundle.members[index]!.family];
      if (!kind) {
        const trial = await fastestRunner(runners, (runner) => examine(model, image, { runner }));
        kind = trial.chosen;
        onTrial(trial);
      }
      open.runner ??= kind.start();
      return examine(model, image, { runner: open.runner });
    },
    dispose,
  };
}

/** Views through all members, member by member, so that each is loaded once for all of them. */
export async function examineImages(images: readonly Grid[], members: OpenMembers): Promise<PooledExamination[]> {
  const { bundle } = members;
  const all: Examination[][] = images.map(() => []);
  for (const index of bundle.members.keys())
    for (const [at, image] of images.entries()) {
      all[at]!.push(await members.examine(index, image));
      await turn();
    }
  return all.map((examinations) => {
    const pooled = poolLogits(examinations.map((examination, index) => memberLogit(bundle.members[index]!, examination.logit)));
    const heatmap = meanHeatmap(examinations.map((examination) => examination.heatmap));
    return { probability: calibrate(bundle.calibrator, pooled), heatmap, malignancy: malignancyMap(heatmap) };
  });
}

/** Lets the event loop turn once: a graph on wasm keeps it from image to image, and threads that read ahead would wait for their next file. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const memberLogit = ({ calibrator }: BundleMember, raw: number): number => (calibrator ? logit(calibrate(calibrator, raw)) : raw);

function meanHeatmap(heatmaps: readonly HeatmapLogits[]): HeatmapLogits {
  const [first, ...others] = heatmaps as [HeatmapLogits, ...HeatmapLogits[]];
  if (others.length === 0) return first;
  const isLikeFirst = ({ logits, classes }: HeatmapLogits) => logits.length === first.logits.length && classes.join() === first.classes.join();
  if (!others.every(isLikeFirst)) throw new RangeError("Expected heatmaps of one size and of the same classes from all members");
  return { ...first, logits: first.logits.map((_, at) => heatmaps.reduce((sum, { logits }) => sum + logits[at]!, 0) / heatmaps.length) };
}
