import {
  buildReport,
  type ExamReport,
  type Finding,
  type FindingReport,
  findingsOfBreast,
  joinPeaks,
  type PairModel,
  placeInBreast,
  type ScoreScale,
  toScore,
  type ViewResult,
} from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import { type Box, boxToSource } from "@mammo/mammogram";
import { heatmapPeaks, kindOfClass } from "@mammo/models";
import { groupBy } from "../groupBy.ts";
import type { PooledExamination } from "./examineExams.ts";

/** One view, read and examined. */
export interface ExaminedView extends PooledExamination {
  /** Says which image without saying whose: the SHA-256 of its file where that is known, else its place in the exam. */
  readonly file: string;
  readonly image: StandardImage;
}

/** The report of `@mammo/ensemble` with each finding's place in the file that it was found in. JSON of `schemas/report.schema.json`. */
export interface PlacedReport extends ExamReport {
  readonly schema: "mammo-report-1";
  readonly images: readonly ImageReport[];
  /** Images that were not examined, and the rule by which another one is preferred. */
  readonly leftOut: readonly { readonly file: string; readonly rule: string }[];
  /** Views that a screening exam has and this one does not, such as R-CC. */
  readonly missing: readonly string[];
}

/** One image of the report, and what was found in it. */
export interface ImageReport {
  readonly file: string;
  readonly view: string;
  readonly flags: readonly string[];
  readonly findings: readonly PlacedFinding[];
}

/** A finding in pixels of the stored image and in mm of the breast. */
export interface PlacedFinding extends FindingReport {
  /** Number of the lesion that it shows; two findings of one pair have the same. */
  readonly lesion: number;
  /** Pixels of the stored image. */
  readonly sourceBox: Box;
  readonly mm: {
    readonly height: number;
    readonly width: number;
    readonly fromChestWall: number;
    /** Absent where the image's landmarks are not trusted. */
    readonly fromNipple?: number;
  };
}

/**
 * Examined views -> the report of their exam, but for what was left out: peaks of the heatmaps become findings that explain the views' probabilities.
 *
 * A finding of score 1 is left out unless it is the highest of its view: it says nothing that its view does not say already. The highest finding of a breast is the highest of its
 * view, so that no score of a breast or an exam changes by this.
 */
export function reportOf(
  study: string,
  views: readonly ExaminedView[],
  { scale, pairModel }: { readonly scale: ScoreScale; readonly pairModel?: PairModel },
): Omit<PlacedReport, "leftOut" | "missing"> {
  const breasts = [...groupBy(views, ({ image }) => image.laterality).values()];
  const findings = breasts.flatMap((own) => findingsOfBreast(own.map(viewResult)));
  const report = buildReport({ study, findings: withoutClutter(findings, scale) }, scale, pairModel && { model: pairModel });
  const reported = report.breasts.flatMap(({ lesions }) =>
    lesions.flatMap(({ number, findings }) => findings.map((finding) => ({ ...finding, lesion: number }))),
  );
  const images = views.map(({ file, image }) => ({
    file,
    view: `${image.laterality}-${image.view}`,
    flags: image.flags,
    findings: reported.filter((finding) => finding.image === file).map((finding) => placeInFile(finding, image)),
  }));
  return { schema: "mammo-report-1", ...report, images };
}

/** A view as `findingsOfBreast` takes it: its probability, and the places that it comes from. */
function viewResult({ file, image, probability, heatmap, places }: ExaminedView): ViewResult {
  const cells = heatmapPeaks(heatmap, { view: image }).map(({ box, logOdds, class: found }) => ({
    box,
    logOdds,
    kind: kindOfClass(found)!,
    place: placeInBreast(box, image),
  }));
  const peaks =
    places.length > 0
      ? joinPeaks(
          cells,
          places.map((one) => ({ ...one, place: placeInBreast(one.box, image) })),
        )
      : cells;
  return { laterality: image.laterality, view: image.view, image: file, probability, peaks };
}

/** By falling probability, as they came. */
function withoutClutter(findings: readonly Finding[], scale: ScoreScale): readonly Finding[] {
  const firsts = new Set([...groupBy(findings, ({ image }) => image).values()].map(([first]) => first));
  return findings.filter((finding) => firsts.has(finding) || toScore(finding.probability, scale) > 1);
}

function placeInFile<F extends FindingReport>(finding: F, image: StandardImage): F & Pick<PlacedFinding, "sourceBox" | "mm"> {
  const { box, place } = finding;
  const tenths = (mm: number) => Math.round(mm * 10) / 10;
  const mm = (pixels: number) => tenths(pixels * image.mmPerPixel);
  return {
    ...finding,
    sourceBox: boxToSource(box, image),
    mm: {
      height: mm(box.bottom - box.top),
      width: mm(box.right - box.left),
      fromChestWall: mm((box.left + box.right) / 2),
      ...(place?.trusted ? { fromNipple: tenths(place.fromNipple) } : {}),
    },
  };
}
