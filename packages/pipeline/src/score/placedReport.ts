import {
  buildReport,
  type ExamReport,
  type FindingReport,
  findingsOfBreast,
  nippleDistance,
  type ScoreScale,
  type ViewResult,
} from "@mammo/ensemble";
import type { StandardImage } from "@mammo/io";
import { type Box, boxToSource } from "@mammo/mammogram";
import { heatmapPeaks, kindOfClass } from "@mammo/models";
import { groupBy } from "../groupBy.ts";
import type { PooledExamination } from "./examineImages.ts";

/** One view, read and examined. */
export interface ExaminedView extends PooledExamination {
  /** Says which image without saying whose: the SHA-256 of its file where that is known, else its place in the exam. */
  readonly file: string;
  readonly image: StandardImage;
}

/** The report of `@mammo/ensemble` with each finding's place in the file that it was found in. */
export interface PlacedReport extends ExamReport {
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
  /** Pixels of the stored image. */
  readonly sourceBox: Box;
  readonly mm: { readonly height: number; readonly width: number; readonly fromChestWall: number; readonly fromNipple: number };
}

/** Examined views -> the report of their exam, but for what was left out: peaks of the heatmaps become findings that explain the views' probabilities. */
export function reportOf(
  study: string,
  views: readonly ExaminedView[],
  { scale }: { readonly scale: ScoreScale },
): Omit<PlacedReport, "leftOut" | "missing"> {
  const breasts = [...groupBy(views, ({ image }) => image.laterality).values()];
  const findings = breasts.flatMap((own) => findingsOfBreast(own.map(viewResult)));
  const report = buildReport({ study, findings }, scale);
  const reported = report.breasts.flatMap(({ lesions }) => lesions.flatMap((lesion) => lesion.findings));
  const images = views.map(({ file, image }) => ({
    file,
    view: `${image.laterality}-${image.view}`,
    flags: image.flags,
    findings: reported.filter((finding) => finding.image === file).map((finding) => place(finding, image)),
  }));
  return { ...report, images };
}

/** A view as `findingsOfBreast` takes it: its probability, and the places that it comes from. */
function viewResult({ file, image, probability, heatmap }: ExaminedView): ViewResult {
  const peaks = heatmapPeaks(heatmap, { view: image }).map(({ box, logOdds, class: found }) => ({
    box,
    logOdds,
    kind: kindOfClass(found)!,
    nippleDistance: nippleDistance(box, image),
  }));
  return { laterality: image.laterality, view: image.view, image: file, probability, peaks };
}

function place(finding: FindingReport, image: StandardImage): PlacedFinding {
  const { box } = finding;
  const mm = (pixels: number) => Math.round(pixels * image.mmPerPixel * 10) / 10;
  return {
    ...finding,
    sourceBox: boxToSource(box, image),
    mm: {
      height: mm(box.bottom - box.top),
      width: mm(box.right - box.left),
      fromChestWall: mm((box.left + box.right) / 2),
      fromNipple: Math.round(finding.nippleDistance! * 10) / 10,
    },
  };
}
