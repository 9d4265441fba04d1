// The trained graphs on women whom no stage has seen: lesions found, lesions told apart, and what the other breast adds.

import { type Grid, type LesionKind, lesionKinds } from "@mammo/mammogram";
import {
  areaUnder,
  bootstrapFroc,
  bootstrapRoc,
  type CurveStatistic,
  centerInBoxRule,
  type FrocImage,
  frocCurve,
  frocSensitivityAt,
  matchMarks,
  pairedDifference,
} from "@mammo/metrics";
import {
  type CaracNet,
  type CaracNetSymmetry,
  characterizeLesions,
  compareLesions,
  type DreamNetSymmetry,
  detectLesions,
  examineView,
  type LesionDetection,
  type RetinaNet,
  toTensor,
} from "@mammo/models";
import { pairBreasts } from "@mammo/train";
import { concat, slice, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { groupBy } from "../../groupBy.ts";
import { oppositeViews } from "../../oppositeViews.ts";
import { type Interval, intervalOf } from "../../predict/evaluateTestSet.ts";
import { poolBreasts } from "../../predict/predictViews.ts";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { toGrid } from "../dream/viewBatches.ts";

/** False marks an image at which sensitivities are read. */
export const frocRates = [0.1, 0.25, 0.5, 1] as const;

/** What a detector finds on unseen women. */
export interface FrocSummary {
  readonly images: number;
  readonly lesions: number;
  /** Sensitivity at each of `frocRates`, intervals by woman. */
  readonly sensitivity: readonly Interval[];
  /** Of the lesions of each kind, found at the score that gives 0.5 false marks an image over all kinds. */
  readonly byKind: Readonly<Partial<Record<LesionKind, Interval & { readonly lesions: number }>>>;
}

/** A view and what was found in it. */
export interface MarkedView {
  readonly view: StoredView;
  readonly found: readonly LesionDetection[];
}

/** Runs the detector over whole views. */
export async function* markViews(model: RetinaNet, views: readonly StoredView[]): AsyncGenerator<Progress, MarkedView[]> {
  const marked: MarkedView[] = [];
  for (const view of views) {
    marked.push({ view, found: await detectLesions(model, toGrid(await view.read()), { minScore: 0.02, most: 20 }) });
    yield { phase: "retinaNet, test", done: marked.length, total: views.length };
  }
  return marked;
}

/** FROC of marks of any class: a hit has its middle in the lesion's box. */
export function frocImages(marked: readonly MarkedView[]): FrocImage[] {
  return marked.map(({ view, found }) =>
    matchMarks(
      found,
      view.lesions.map(({ box }) => box),
      centerInBoxRule(),
    ),
  );
}

/** The FROC in numbers. */
export function frocSummary(marked: readonly MarkedView[], { seed }: { readonly seed: number }): FrocSummary {
  const images = frocImages(marked).map((image, index) => ({ ...image, kinds: marked[index]!.view.lesions.map(({ kind }) => kind) }));
  const options = { seed, exams: marked.map(({ view }) => view.patientId) };
  const at = (rate: number): Interval => intervalOf(bootstrapFroc(images, (sample) => frocSensitivityAt(rate, frocCurve(sample)), options));
  const ofKind = (kind: LesionKind): Interval => intervalOf(bootstrapFroc(images, (sample) => sensitivityTo(kind, sample), options));
  const counts = lesionKinds.map((kind) => [kind, images.flatMap(({ kinds }) => kinds).filter((own) => own === kind).length] as const);
  return {
    images: images.length,
    lesions: images.reduce((sum, { truths }) => sum + truths, 0),
    sensitivity: frocRates.map(at),
    byKind: Object.fromEntries(counts.filter(([, lesions]) => lesions > 0).map(([kind, lesions]) => [kind, { ...ofKind(kind), lesions }])),
  };
}

/** Share of the lesions of a kind found, at the lowest score with at most 0.5 false marks an image over all. */
function sensitivityTo(kind: LesionKind, images: readonly (FrocImage & { readonly kinds: readonly LesionKind[] })[]): number {
  const { falseMarksPerImage, thresholds } = frocCurve(images);
  let last = 0;
  while (falseMarksPerImage[last + 1]! <= 0.5 + 1e-12) last++;
  let [lesions, found] = [0, 0];
  for (const { kinds, marks } of images)
    for (const [index, own] of kinds.entries()) {
      if (own !== kind) continue;
      lesions++;
      if (marks.some(({ truth, score }) => truth === index && score >= thresholds[last]!)) found++;
    }
  return found / lesions;
}

/** A graph with the other breast, without it, and its plain twin, on the same cases. */
export interface PairedAreas {
  readonly positives: number;
  readonly cases: number;
  readonly plain: Interval;
  readonly symmetry: Interval;
  /** The symmetry graph that is shown no other breast. */
  readonly alone: Interval;
  /** Symmetry less plain, paired. The twins differ in more than the other breast: see `trainGraphs`. */
  readonly overPlain: Interval;
  /** Symmetry less alone, paired: what the other breast adds. */
  readonly overAlone: Interval;
}

/** A lesion's, breast's or exam's scores. */
export interface PairedScore extends Scores {
  readonly patientId: string;
  readonly label: number;
}

interface Scores {
  readonly plain: number;
  readonly symmetry: number;
  readonly alone: number;
}

/** AUROCs with intervals by woman, and their paired differences; undefined where a class is missing. */
export function pairedAreas(scores: readonly PairedScore[], { seed }: { readonly seed: number }): PairedAreas | undefined {
  const labels = scores.map(({ label }) => label);
  if (new Set(labels).size < 2) return undefined;
  const clusters = scores.map(({ patientId }) => patientId);
  const area: CurveStatistic = areaUnder;
  const of = (which: keyof Scores) => bootstrapRoc({ labels, scores: scores.map((one) => one[which]), clusters }, { area }, { seed }).area;
  const [plain, symmetry, alone] = [of("plain"), of("symmetry"), of("alone")];
  return {
    positives: labels.filter((label) => label === 1).length,
    cases: labels.length,
    plain: intervalOf(plain),
    symmetry: intervalOf(symmetry),
    alone: intervalOf(alone),
    overPlain: intervalOf(pairedDifference(symmetry, plain)),
    overAlone: intervalOf(pairedDifference(symmetry, alone)),
  };
}

/** Scores of each woman: the highest of hers, positive where one of hers is. */
export function byExam(scores: readonly PairedScore[]): PairedScore[] {
  return [...groupBy(scores, ({ patientId }) => patientId)].map(([patientId, own]) => {
    const most = (of: (one: PairedScore) => number) => own.reduce((best, one) => Math.max(best, of(one)), Number.NEGATIVE_INFINITY);
    const [plain, symmetry, alone] = [most((one) => one.plain), most((one) => one.symmetry), most((one) => one.alone)];
    return { patientId, label: most(({ label }) => label), plain, symmetry, alone };
  });
}

/** Each marked lesion of the views, malignant or benign, as CaracNet and CaracNetSymmetry see it: probabilities. */
export async function* scoreLesions(
  {
    caracNet,
    caracNetSymmetry,
  }: { readonly caracNet: Pick<CaracNet, "apply" | "options">; readonly caracNetSymmetry: Pick<CaracNetSymmetry, "apply"> },
  views: readonly StoredView[],
  { phase }: { readonly phase: string },
): AsyncGenerator<Progress, PairedScore[]> {
  const opposite = oppositeViews(views);
  const scores: PairedScore[] = [];
  for (const [index, view] of views.entries()) {
    if (view.lesions.length > 0) {
      const stored = await view.read();
      const own = { ...stored, ...toGrid(stored) };
      const other = await opposite(view)?.read();
      const plain = await characterizeLesions(caracNet, own, view.lesions, { view: view.view });
      const symmetry = await compareLesions(caracNetSymmetry, { own, other: other && { ...other, ...toGrid(other) } }, view.lesions);
      const alone = await compareLesions(caracNetSymmetry, { own }, view.lesions);
      for (const [at, { malignant }] of view.lesions.entries())
        scores.push({
          ...{ patientId: view.patientId, label: malignant ? 1 : 0 },
          ...{ plain: plain[at]!.malignancy, symmetry: symmetry[at]!, alone: alone[at]! },
        });
    }
    yield { phase, done: index + 1, total: views.length };
  }
  return scores;
}

/** Each breast of the views, with cancer or without, as DreamNet and DreamNetSymmetry see it: mean logits of its views. */
export async function* scoreBreasts(
  {
    dreamNet,
    dreamNetSymmetry,
  }: { readonly dreamNet: Parameters<typeof examineView>[0]; readonly dreamNetSymmetry: Pick<DreamNetSymmetry, "features" | "classify"> },
  views: readonly StoredView[],
  { phase }: { readonly phase: string },
): AsyncGenerator<Progress, PairedScore[]> {
  const seen: (Scores & { readonly view: StoredView })[] = [];
  const pairs = pairBreasts(views.filter(({ cancer }) => cancer !== undefined));
  for (const [index, { left, right }] of pairs.entries()) {
    const sides = [left, right].flatMap((view, at) => (view ? [{ view, at }] : []));
    const grids = await Promise.all(sides.map(async ({ view }) => toGrid(await view.read())));
    const logits = await pairLogits(dreamNetSymmetry, grids);
    for (const [at, { view }] of sides.entries()) seen.push({ view, plain: (await examineView(dreamNet, grids[at]!)).logit, ...logits[at]! });
    yield { phase, done: index + 1, total: pairs.length };
  }
  const pooled = (which: keyof Scores) => poolBreasts(seen.map((one) => ({ view: one.view, logit: one[which] })));
  const [symmetry, alone] = [pooled("symmetry"), pooled("alone")];
  return pooled("plain").map(({ patientId, cancer, logit }, at) => ({
    ...{ patientId, label: cancer! },
    ...{ plain: logit, symmetry: symmetry[at]!.logit, alone: alone[at]!.logit },
  }));
}

/** Logits of one or both breasts in one projection, each with the other breast and without. */
async function pairLogits(
  model: Pick<DreamNetSymmetry, "features" | "classify">,
  grids: readonly Grid[],
): Promise<Pick<PairedScore, "symmetry" | "alone">[]> {
  const logits = tidy(() => {
    const features = grids.map((grid) => model.features(toTensor(grid)));
    const own = (at: number, other: number, isThere: 0 | 1) =>
      slice(model.classify({ left: features[at]!, right: features[other]!, present: tensor2d([[1, isThere]]) }), [0, 0], [1, 1]);
    // The graph is the same for both sides: whichever breast is asked about stands left.
    return concat(features.flatMap((_, at) => [own(at, features.length - 1 - at, features.length === 2 ? 1 : 0), own(at, at, 0)]));
  });
  const values = await logits.data();
  logits.dispose();
  return grids.map((_, at) => ({ symmetry: values[2 * at]!, alone: values[2 * at + 1]! }));
}
