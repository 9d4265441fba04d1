import { type Box, boxToSource, type Grid, type Laterality, type LesionKind, type MappedToSource, type ViewPosition } from "@mammo/mammogram";
import { DicomError } from "../dicomError.ts";
import type { Limits } from "../limits.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { uid } from "../parse/values.ts";
import { tags } from "../tags.ts";

/** A suspicious place; `@mammo/ensemble`'s reports have this shape. Probabilities are calibrated, in [0, 1], scores 1 to 10. */
export interface ReportedFinding {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  /** Name of the image that it lies in; may be left out where only one image has its laterality and view. */
  readonly image?: string;
  /** Pixels of the standard image. */
  readonly box: Box;
  readonly probability: number;
  readonly score: number;
  readonly kind?: LesionKind;
}

/** One lesion, in one image or several. */
export interface ReportedLesion {
  readonly probability: number;
  readonly score: number;
  readonly findings: readonly ReportedFinding[];
  /** That two findings are one lesion, in [0, 1]. */
  readonly pairProbability?: number;
  /** Where it is, in the clinical words; absent where landmarks are not trusted. */
  readonly place?: { readonly region: string; readonly third: string; readonly mmFromNipple: number };
}

/** A breast with its lesions. */
export interface ReportedBreast {
  readonly laterality: Laterality;
  readonly probability: number;
  readonly score: number;
  readonly lesions: readonly ReportedLesion[];
}

/** What a report says of an exam. */
export interface ReportedExam {
  readonly probability: number;
  readonly score: number;
  readonly breasts: readonly ReportedBreast[];
}

/** What writers need of a standard image; any `StandardImage` is one. */
export interface ReportedView extends Grid, MappedToSource {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly source: { readonly rows: number; readonly columns: number; readonly mmPerPixel: readonly [row: number, column: number] };
}

/** An image of the exam: the file that it came from, and the standard image whose pixels the report speaks of. */
export interface ReportedImage {
  readonly name: string;
  readonly file: DicomFile;
  readonly standard: ReportedView;
  /** Counted from 0, of a file with several. */
  readonly frame?: number;
}

/** What the written objects say of their origin. */
export interface ReportOptions {
  /** When the report was made, local time: `2026-03-01T12:30:00`. An argument, so that the same report gives the same bytes. */
  readonly at: string;
  readonly algorithm: { readonly name: string; readonly version: string };
  /** Findings of a lower score are marked as optional to show; 1 marks none so. Ours: 5. */
  readonly presentFrom?: number;
  /** The kinds of finding that the algorithm looks for, which the report lists also where it found none; masses and calcifications by default. */
  readonly lookedFor?: readonly LesionKind[];
  /** Those that the images were read with, for files beyond the usual ones. */
  readonly limits?: Partial<Limits>;
}

export const reportOptionNames = { at: true, algorithm: true, presentFrom: true, lookedFor: true, limits: true } satisfies Record<
  keyof ReportOptions,
  true
>;

/** How an image is named by other objects. */
export interface ImageReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  /** Counted from 1, where there are several. */
  readonly frame: number | undefined;
}

/** @throws DicomError `missing-attribute` for a file without one of its four UIDs. */
export function referenceTo({ file: { dataSet }, frame }: ReportedImage): ImageReference {
  const required = (tag: number, name: string): string => {
    const value = uid(dataSet, tag);
    if (value === undefined) throw new DicomError("missing-attribute", `Expected ${name}`);
    return value;
  };
  return {
    sopClassUid: required(tags.SOPClassUID, "SOP Class UID (0008,0016)"),
    sopInstanceUid: required(tags.SOPInstanceUID, "SOP Instance UID (0008,0018)"),
    seriesInstanceUid: required(tags.SeriesInstanceUID, "Series Instance UID (0020,000E)"),
    studyInstanceUid: required(tags.StudyInstanceUID, "Study Instance UID (0020,000D)"),
    frame: frame === undefined ? undefined : frame + 1,
  };
}

/**
 * The image that a finding lies in.
 *
 * @throws RangeError where none, or more than one, could be meant.
 */
export function imageOf(finding: ReportedFinding, images: readonly ReportedImage[]): ReportedImage {
  const meant = images.filter(({ name, standard }) =>
    finding.image === undefined ? standard.laterality === finding.laterality && standard.view === finding.view : name === finding.image,
  );
  if (meant.length !== 1) throw new RangeError(`Expected one image for each finding in ${finding.laterality}-${finding.view}, got ${meant.length}`);
  return meant[0]!;
}

/** A finding's box in pixels of the stored image, cut at its borders. */
export function sourceBox({ box }: Pick<ReportedFinding, "box">, { standard }: ReportedImage): Box {
  const { top, left, bottom, right } = boxToSource(box, standard);
  const { rows, columns } = standard.source;
  const [within, across] = [(value: number) => Math.min(Math.max(value, 0), rows), (value: number) => Math.min(Math.max(value, 0), columns)];
  return { top: within(top), left: across(left), bottom: within(bottom), right: across(right) };
}

/** All findings of an exam, by breast and lesion. */
export const findingsOf = (exam: ReportedExam): readonly ReportedFinding[] =>
  exam.breasts.flatMap(({ lesions }) => lesions.flatMap(({ findings }) => findings));
