import { calibrate, fuseInMm, logit, poolLogits } from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import { type Box, type LesionKind, lesionKinds } from "@mammo/mammogram";
import { type Examination, type HeatmapLogits, heatmapPeaks, type LesionDetection, type MalignancyMap, malignancyMap } from "@mammo/models";
import type { Bundle } from "../bundle/bundle.ts";
import type { BundleMember } from "../bundle/bundleFile.ts";
import { detectorFamilies, type FamilyModel, families } from "../bundle/families.ts";
import { levelScores } from "../bundle/levelScores.ts";
import { loadDetector, loadMember } from "../bundle/loadMember.ts";
import { PipelineError } from "../pipelineError.ts";

/** What all members of a bundle together say of one view. */
export interface PooledExamination {
  /** Calibrated probability of cancer, in [0, 1]. */
  readonly probability: number;
  /** Mean of the members' heatmaps, and its cells' malignancy. */
  readonly heatmap: HeatmapLogits;
  readonly malignancy: MalignancyMap;
  /** Places that the bundle's detectors mark, fused to one list; absent where it has none. */
  readonly detected?: readonly DetectedBox[];
  /** Boxes of each model on its own, the members' peaks and the detectors' detections; absent of one model, which agrees with nobody. */
  readonly marks?: readonly (readonly Box[])[];
}

/** A place that detectors mark, in pixels of the view. */
export interface DetectedBox {
  readonly box: Box;
  readonly kind: LesionKind;
  /** In [0, 1], not calibrated: what places of one view are compared by. */
  readonly score: number;
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

/** Views through all members and detectors, one after the other, so that each is loaded once for all of them. */
export async function examineImages(images: readonly StandardImage[], members: OpenMembers): Promise<PooledExamination[]> {
  const { bundle } = members;
  const detections = await detectAll(images, members);
  const all: Examination[][] = images.map(() => []);
  for (const [index, member] of bundle.members.entries()) {
    const model = await members.get(index);
    for (const [at, image] of images.entries()) all[at]!.push(await families[member.family].examine(model, image));
  }
  return all.map((examinations, at) => {
    const pooled = poolLogits(examinations.map((examination, index) => memberLogit(bundle.members[index]!, examination.logit)));
    const heatmap = meanHeatmap(examinations.map((examination) => examination.heatmap));
    const image = images[at]!;
    const found = detections.map((ofDetector) => ofDetector[at]!);
    const marks = [
      ...examinations.map(({ heatmap }) => heatmapPeaks(heatmap, { view: image }).map(({ box }) => box)),
      ...found.map((own) => own.map(({ box }) => box)),
    ];
    return {
      probability: calibrate(bundle.calibrator, pooled),
      heatmap,
      malignancy: malignancyMap(heatmap),
      ...(found.length > 0 ? { detected: fuse(found, image) } : {}),
      ...(marks.length > 1 ? { marks } : {}),
    };
  });
}

/** What each detector finds in each view. */
async function detectAll(images: readonly StandardImage[], { bundle, dispose }: OpenMembers): Promise<(readonly LesionDetection[])[][]> {
  const { detectors = [] } = bundle;
  // One net at a time is in memory.
  if (detectors.length > 0) dispose();
  const all: (readonly LesionDetection[])[][] = [];
  for (const [index, { family }] of detectors.entries()) {
    const model = await loadDetector(bundle, index);
    try {
      const found: (readonly LesionDetection[])[] = [];
      for (const image of images) found.push(await detectorFamilies[family].detect(model, image));
      all.push(found);
    } finally {
      model.dispose();
    }
  }
  return all;
}

/** Detections of several detectors in one view to one list: fused in mm, kind by kind. */
function fuse(perDetector: readonly (readonly LesionDetection[])[], { mmPerPixel, rows, columns }: StandardImage): DetectedBox[] {
  const kindOf = (name: string) => lesionKinds.indexOf(name.split("/")[0] as LesionKind);
  const members = perDetector.map((found) => ({
    mmPerPixel,
    origin: [0, 0] as const,
    detections: found.map(({ box, class: name, score }) => ({ box, label: kindOf(name), score })),
  }));
  return fuseInMm(members, { minScore: leastFused, most: mostFused }).map(({ box, label, score }) => {
    const within = (mm: number, size: number) => Math.min(Math.max(mm / mmPerPixel, 0), size);
    const inView = {
      top: within(box.top, rows),
      left: within(box.left, columns),
      bottom: within(box.bottom, rows),
      right: within(box.right, columns),
    };
    return { box: inView, kind: lesionKinds[label]!, score };
  });
}

/** Of a view, after fusion: fainter places say nothing that the heatmap does not say, and readers look at few. Ours. */
const [leastFused, mostFused] = [0.1, 5];

const memberLogit = ({ calibrator }: BundleMember, raw: number): number => (calibrator ? logit(calibrate(calibrator, raw)) : raw);

function meanHeatmap(heatmaps: readonly HeatmapLogits[]): HeatmapLogits {
  const [first, ...others] = heatmaps as [HeatmapLogits, ...HeatmapLogits[]];
  if (others.length === 0) return first;
  const isLikeFirst = ({ logits, classes }: HeatmapLogits) => logits.length === first.logits.length && classes.join() === first.classes.join();
  if (!others.every(isLikeFirst)) throw new RangeError("Expected heatmaps of one size and of the same classes from all members");
  return { ...first, logits: first.logits.map((_, at) => heatmaps.reduce((sum, { logits }) => sum + logits[at]!, 0) / heatmaps.length) };
}
