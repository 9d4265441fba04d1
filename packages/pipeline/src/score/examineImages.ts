import { calibrate, logit, poolLogits } from "@mammo/ensemble";
import type { Grid } from "@mammo/mammogram";
import { type Examination, type HeatmapLogits, type MalignancyMap, malignancyMap } from "@mammo/models";
import type { Bundle } from "../bundle/bundle.ts";
import type { BundleMember } from "../bundle/bundleFile.ts";
import { type FamilyModel, families } from "../bundle/families.ts";
import { levelScores } from "../bundle/levelScores.ts";
import { loadMember } from "../bundle/loadMember.ts";
import { PipelineError } from "../pipelineError.ts";

/** What all members of a bundle together say of one view. */
export interface PooledExamination {
  /** Calibrated probability of cancer, in [0, 1]. */
  readonly probability: number;
  /** Mean of the members' heatmaps, and its cells' malignancy. */
  readonly heatmap: HeatmapLogits;
  readonly malignancy: MalignancyMap;
}

/** The members of a bundle, of which one at a time is in memory: the one that was asked for last. */
export interface OpenMembers {
  readonly bundle: Bundle;
  get(index: number): Promise<FamilyModel>;
  dispose(): void;
}

/** @throws PipelineError `uncalibrated` for a bundle whose scores tell no exam from another. */
export function openMembers(bundle: Bundle): OpenMembers {
  const why = levelScores(bundle);
  if (why !== undefined) throw new PipelineError("uncalibrated", `Expected a bundle whose scores tell exams apart, but ${why}`);
  let open: { readonly index: number; readonly model: FamilyModel } | undefined;
  const dispose = () => {
    open?.model.dispose();
    open = undefined;
  };
  return {
    bundle,
    async get(index) {
      if (open?.index === index) return open.model;
      dispose();
      open = { index, model: await loadMember(bundle, index) };
      return open.model;
    },
    dispose,
  };
}

/** Views through all members, member by member, so that each is loaded once for all of them. */
export async function examineImages(images: readonly Grid[], members: OpenMembers): Promise<PooledExamination[]> {
  const { bundle } = members;
  const all: Examination[][] = images.map(() => []);
  for (const [index, member] of bundle.members.entries()) {
    const model = await members.get(index);
    for (const [at, image] of images.entries()) {
      all[at]!.push(await families[member.family].examine(model, image));
      await turn();
    }
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
