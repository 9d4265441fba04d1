// The trained graphs on women whom no stage has seen: lesions found, lesions told apart, and what the other breast adds.

import { type LesionKind, lesionKinds } from "@mammo/mammogram";
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
  classifyPair,
  classifyView,
  compareLesions,
  type DreamNet,
  type DreamNetSymmetry,
  detectLesions,
  type LesionDetection,
  type RetinaNet,
} from "@mammo/models";
import { groupBy } from "../../groupBy.ts";
import type { Interval } from "../../predict/evaluateTestSet.ts";
import type { Progress } from "../../progress.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { toGrid } from "../dream/viewBatches.ts";
import { oppositeViews } from "./lesionCrops.ts";
import { pairsOf } from "./pairBatches.ts";

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
  const at = (rate: number): Interval => interval(bootstrapFroc(images, (sample) => frocSensitivityAt(rate, frocCurve(sample)), options));
  const ofKind = (kind: LesionKind): Interval => interval(bootstrapFroc(images, (sample) => sensitivityTo(kind, sample), options));
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

/** Malignant against benign lesions, and a graph with the other breast against one without. */
export interface PairedAreas {
  readonly positives: number;
  readonly cases: number;
  readonly plain: Interval;
  readonly symmetry: Interval;
  /** Symmetry less plain, paired. */
  readonly difference: Interval;
}

/** A lesion's or exam's scores from both graphs. */
export interface PairedScore {
  readonly patientId: string;
  readonly label: number;
  readonly plain: number;
  readonly symmetry: number;
}

/** AUROCs with intervals by woman, and their paired difference; undefined where a class is missing. */
export function pairedAreas(scores: readonly PairedScore[], { seed }: { readonly seed: number }): PairedAreas | undefined {
  const labels = scores.map(({ label }) => label);
  if (new Set(labels).size < 2) return undefined;
  const clusters = scores.map(({ patientId }) => patientId);
  const area: CurveStatistic = areaUnder;
  const of = (which: "plain" | "symmetry") => bootstrapRoc({ labels, scores: scores.map((one) => one[which]), clusters }, { area }, { seed }).area;
  const [plain, symmetry] = [of("plain"), of("symmetry")];
  const positives = labels.filter((label) => label === 1).length;
  return {
    positives,
    cases: labels.length,
    plain: interval(plain),
    symmetry: interval(symmetry),
    difference: interval(pairedDifference(symmetry, plain)),
  };
}

/** Scores of each woman: the highest of hers, positive where one of hers is. */
export function byExam(scores: readonly PairedScore[]): PairedScore[] {
  return [...groupBy(scores, ({ patientId }) => patientId)].map(([patientId, own]) => {
    const most = (of: (one: PairedScore) => number) => own.reduce((best, one) => Math.max(best, of(one)), Number.NEGATIVE_INFINITY);
    return { patientId, label: most(({ label }) => label), plain: most(({ plain }) => plain), symmetry: most(({ symmetry }) => symmetry) };
  });
}

/** Each marked lesion of the views, malignant or benign, as CaracNet and CaracNetSymmetry see it. */
export async function* scoreLesions(
  { caracNet, caracNetSymmetry }: { readonly caracNet: CaracNet; readonly caracNetSymmetry: CaracNetSymmetry },
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
      const pair = { own, other: other && { ...other, ...toGrid(other) } };
      const symmetry = await compareLesions(caracNetSymmetry, pair, view.lesions);
      for (const [at, { malignant }] of view.lesions.entries())
        scores.push({ patientId: view.patientId, label: malignant ? 1 : 0, plain: plain[at]!.malignancy, symmetry: symmetry[at]! });
    }
    yield { phase, done: index + 1, total: views.length };
  }
  return scores;
}

/** Each breast of the views, with cancer or without, as DreamNet and DreamNetSymmetry see it: means over its views. */
export async function* scoreBreasts(
  { dreamNet, dreamNetSymmetry }: { readonly dreamNet: DreamNet; readonly dreamNetSymmetry: DreamNetSymmetry },
  views: readonly StoredView[],
  { phase }: { readonly phase: string },
): AsyncGenerator<Progress, PairedScore[]> {
  const seen: (PairedScore & { readonly breast: string })[] = [];
  const pairs = pairsOf(views);
  for (const [index, { left, right, patientId }] of pairs.entries()) {
    const [ofLeft, ofRight] = [left && toGrid(await left.read()), right && toGrid(await right.read())];
    const symmetry = await classifyPair(dreamNetSymmetry, { left: ofLeft, right: ofRight });
    for (const [view, grid, both] of [
      [left, ofLeft, symmetry.left],
      [right, ofRight, symmetry.right],
    ] as const) {
      if (!view || !grid || both === undefined || view.cancer === undefined) continue;
      seen.push({
        patientId,
        breast: `${patientId} ${view.laterality}`,
        label: view.cancer,
        plain: await classifyView(dreamNet, grid),
        symmetry: both,
      });
    }
    yield { phase, done: index + 1, total: pairs.length };
  }
  const mean = (own: readonly PairedScore[], which: "plain" | "symmetry") => own.reduce((sum, one) => sum + one[which], 0) / own.length;
  return [...groupBy(seen, ({ breast }) => breast).values()].map((own) => {
    const { patientId, label } = own[0]!;
    return { patientId, label, plain: mean(own, "plain"), symmetry: mean(own, "symmetry") };
  });
}

const interval = ({ estimate, low, high }: Interval): Interval => ({ estimate, low, high });
